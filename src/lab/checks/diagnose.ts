import { brief, kindOf, same } from "./compare";
import { PlainTensor } from "./plain";
import { Opaque } from "./values";

/** A classic wrong answer: how it is computed, and what to tell who gives it. */
export interface Wrong<A extends readonly unknown[]> {
  readonly message: string;
  readonly answer: (...args: A) => unknown;
}

/** What is wrong with an answer. */
export interface Finding {
  /** For the learner; may quote numbers of this very answer. */
  readonly message: string;
  /** The mistake, in the same words for everybody who made it, so that a class report can count; see GradedCheck. */
  readonly mistake?: string;
}

/** A finding whose message is the same for everybody. */
const said = (message: string): Finding => ({ message, mistake: message });

export interface Answer<A> {
  readonly args: A;
  readonly got: unknown;
}

export interface Miss<A> extends Answer<A> {
  readonly expected: unknown;
}

/**
 * The message of the classic mistake that explains the misses, all or most of them. Where several do, the one that
 * also explains the right answers best: a mistake that would have failed elsewhere too is not the one that was made.
 */
export function diagnose<A extends readonly unknown[]>(
  misses: readonly Miss<A>[],
  answers: readonly Answer<A>[],
  wrongs: readonly Wrong<A>[],
  tolerance?: number,
): Finding | undefined {
  const explained = (list: readonly Answer<A>[], { answer }: Wrong<A>): number =>
    list.filter(({ args, got }) =>
      same(
        got,
        attempt(() => answer(...args)),
        tolerance,
      ),
    ).length;
  const scored = wrongs.map((one) => ({ message: one.message, hits: explained(misses, one), wrong: one }));
  const most = Math.max(0, ...scored.map(({ hits }) => hits));
  if (most < 0.6 * misses.length) return undefined;
  const equal = scored.filter(({ hits }) => hits === most);
  const overall = equal.map(({ wrong }) => (equal.length > 1 ? explained(answers, wrong) : 0));
  const { message } = equal[overall.indexOf(Math.max(...overall))]!;
  return { message: most === misses.length ? message : `Mostly this: ${message}`, mistake: message };
}

/** A wrong way may be undefined for some input; that is no match. */
function attempt(answer: () => unknown): unknown {
  try {
    return answer();
  } catch {
    return new Opaque("an error");
  }
}

/** Mistakes of form, whatever the exercise. */
export function formProblem({ got, expected }: Miss<unknown>): Finding | undefined {
  if (got === undefined) return said("Nothing came back: is a `return` missing?");
  if (kindOf(got) !== kindOf(expected))
    return said(`It must give ${kindOf(expected)}, and this is ${kindOf(got)}.`);
  if (got instanceof PlainTensor && expected instanceof PlainTensor) return tensorProblem(got, expected);
  const inside = (text: RegExp): boolean => text.test(brief(got, 5000)) && !text.test(brief(expected, 5000));
  if (inside(/\bNaN\b/))
    return said("NaN means that a number was computed from no number (undefined + 1 is NaN).");
  if (inside(/\bundefined\b/))
    return said("undefined is what stands where nothing is, e.g. one place after the end of an array.");
  if (!Array.isArray(got) || !Array.isArray(expected)) return undefined;
  const odd = got.find((item) => expected.length > 0 && kindOf(item) !== kindOf(expected[0]));
  if (odd !== undefined)
    return said(`Its items must each be ${kindOf(expected[0])}, and one is ${kindOf(odd)}.`);
  const sorted = (items: readonly unknown[]): string[] => items.map((item) => brief(item, 1000)).sort();
  if (same(sorted(got), sorted(expected))) return said("The right items, but in the wrong order.");
  return undefined;
}

export function constantProblem(
  answers: readonly Answer<unknown>[],
  misses: readonly Miss<unknown>[],
  total: number,
): Finding | undefined {
  const constant = total > 2 && answers.every(({ got }) => same(got, answers[0]!.got));
  const varied = misses.some(({ expected }) => !same(expected, misses[0]!.expected));
  return constant && varied ? said("Every input gets the same answer.") : undefined;
}

function tensorProblem(got: PlainTensor, expected: PlainTensor): Finding | undefined {
  if (!same(got.shape, expected.shape)) {
    const message = `Its shape must be [${expected.shape.join(", ")}], and this is [${got.shape.join(", ")}].`;
    return { message, mistake: "The tensor has another shape than is asked for." };
  }
  if (got.dtype !== expected.dtype)
    return said(`Its type must be ${expected.dtype}, and this is ${got.dtype}.`);
  const nans = got.values.filter(Number.isNaN).length;
  if (nans > expected.values.filter(Number.isNaN).length)
    return said("NaN is what ∞ − ∞, ∞ / ∞ and 0 · ∞ give: some step before left the range of float32.");
  return undefined;
}
