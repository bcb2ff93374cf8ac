import { brief, kindOf, same } from "./compare";
import { LearnerFault, type Learner, type Run } from "./learner";
import type { Random } from "./random";
import { Opaque } from "./values";

/** A check's verdict "wrong", with the message for the learner. */
export class CheckFailure extends Error {}

/** A classic wrong answer: how it is computed, and what to tell who gives it. */
export interface Wrong<A extends readonly unknown[]> {
  readonly message: string;
  readonly answer: (...args: A) => unknown;
}

export interface Cases<A extends readonly unknown[]> {
  readonly args: readonly A[];
  /** The right answer. */
  readonly expected: (...args: A) => unknown;
  /** Where several answers are right: is this one? Default: equal to `expected`. */
  readonly accepts?: (value: unknown, ...args: A) => boolean;
  /** How far a number may be from the right one, relative to its size where that is above 1. Default: 0. */
  readonly tolerance?: number;
  /** The classic wrong answers, most telling first. */
  readonly wrong?: readonly Wrong<A>[];
  /** What is wrong with an answer in itself, where none of `wrong` gives it. */
  readonly explain?: (value: unknown, ...args: A) => string | undefined;
}

export interface Growth<A extends readonly unknown[]> {
  /** Rising sizes; the last one is where the slow way must not get through. */
  readonly sizes: readonly number[];
  /** What a size counts, e.g. "symbols". */
  readonly unit: string;
  readonly make: (size: number) => A;
  readonly expected: (...args: A) => unknown;
  /** Milliseconds for one call; many times what a plain right answer needs. */
  readonly limitMs: number;
  /** What usually makes it slow. */
  readonly message: string;
}

/** What a check is given: seeded random inputs, and judgements that explain themselves. */
export interface Toolkit {
  readonly random: Random;
  /** Fails with this message. */
  fail(message: string): never;
  /** Every case must be right; else says which is not, how many are, and which classic mistake gives these answers. */
  cases<A extends readonly unknown[]>(learner: Learner, cases: Cases<A>): Promise<void>;
  /** The answers must be right and the arguments must be as before. Give two cases, so that no constant passes. */
  unchanged<A extends readonly unknown[]>(
    learner: Learner,
    args: readonly [A, A, ...A[]],
    expected: (...args: A) => unknown,
  ): Promise<void>;
  /** The call must throw an error whose message matches. */
  refuses(learner: Learner, args: readonly unknown[], matches: RegExp, wanted: string): Promise<void>;
  /** Right at every size and never over the limit; says how the time grows. */
  growth<A extends readonly unknown[]>(learner: Learner, growth: Growth<A>): Promise<void>;
}

export function makeToolkit(random: Random): Toolkit {
  const fail = (message: string): never => {
    throw new CheckFailure(message);
  };
  return { random, fail, cases, unchanged, refuses, growth };
}

const callText = (learner: Learner, args: readonly unknown[]): string =>
  `${learner.fn}(${args.map((arg) => brief(arg, 120)).join(", ")})`;

/** Calls, and puts the call in front of an error's message. */
async function run(learner: Learner, args: readonly unknown[]): Promise<Run> {
  try {
    return await learner.run(args);
  } catch (error) {
    if (!(error instanceof LearnerFault) || !happenedInCall(error)) throw error;
    throw new LearnerFault(error.kind, `${callText(learner, args)} ${error.message}.`);
  }
}

const happenedInCall = ({ kind }: LearnerFault): boolean =>
  kind === "threw" || kind === "timeout" || kind === "crash" || kind === "memory";

interface Answer<A> {
  readonly args: A;
  readonly got: unknown;
}

interface Miss<A> extends Answer<A> {
  readonly expected: unknown;
}

async function cases<A extends readonly unknown[]>(learner: Learner, spec: Cases<A>): Promise<void> {
  const misses: Miss<A>[] = [];
  const answers: Answer<A>[] = [];
  for (const args of spec.args) {
    const { value: got } = await run(learner, args);
    answers.push({ args, got });
    const expected = spec.expected(...args);
    const right =
      spec.accepts === undefined ? same(got, expected, spec.tolerance) : spec.accepts(got, ...args);
    if (!right) misses.push({ args, got, expected });
  }
  if (misses.length === 0) return;
  const shown = misses.reduce((a, b) => (sizeOf(b.args) < sizeOf(a.args) ? b : a));
  const total = spec.args.length;
  const right = total - misses.length;
  const rate = total > 1 ? `${percent(right, total)} (${right} of ${total}). ` : "";
  const why =
    diagnose(misses, answers, spec.wrong ?? []) ??
    spec.explain?.(shown.got, ...shown.args) ??
    shapeProblem(shown) ??
    constantProblem(answers, misses, total) ??
    "";
  throw new CheckFailure(`${gave(learner, shown.args, shown.got, shown.expected)}\n${rate}${why}`.trimEnd());
}

/** The smallest failing case is the easiest to think through. */
const sizeOf = (args: readonly unknown[]): number => brief(args, 2000).length;

const gave = (learner: Learner, args: readonly unknown[], got: unknown, expected: unknown): string =>
  `${callText(learner, args)}\ngave ${brief(got)}\nexpected ${brief(expected)}`;

/** Rounded down, so that "100 % right" is never said of a failure. */
const percent = (right: number, total: number): string => `${Math.floor((100 * right) / total)} % right`;

/**
 * The message of the classic mistake that explains the misses, all or most of them. Where several do, the one that
 * also explains the right answers best: a mistake that would have failed elsewhere too is not the one that was made.
 */
function diagnose<A extends readonly unknown[]>(
  misses: readonly Miss<A>[],
  answers: readonly Answer<A>[],
  wrongs: readonly Wrong<A>[],
): string | undefined {
  const explained = (list: readonly Answer<A>[], { answer }: Wrong<A>): number =>
    list.filter(({ args, got }) =>
      same(
        got,
        attempt(() => answer(...args)),
      ),
    ).length;
  const scored = wrongs.map((one) => ({ message: one.message, hits: explained(misses, one), wrong: one }));
  const most = Math.max(0, ...scored.map(({ hits }) => hits));
  if (most < 0.6 * misses.length) return undefined;
  const equal = scored.filter(({ hits }) => hits === most);
  const overall = equal.map(({ wrong }) => (equal.length > 1 ? explained(answers, wrong) : 0));
  const { message } = equal[overall.indexOf(Math.max(...overall))]!;
  return most === misses.length ? message : `Mostly this: ${message}`;
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
function shapeProblem({ got, expected }: Miss<unknown>): string | undefined {
  if (got === undefined) return "Nothing came back: is a `return` missing?";
  if (kindOf(got) !== kindOf(expected))
    return `It must give ${kindOf(expected)}, and this is ${kindOf(got)}.`;
  const inside = (text: RegExp): boolean => text.test(brief(got, 5000)) && !text.test(brief(expected, 5000));
  if (inside(/\bNaN\b/)) return "NaN means that a number was computed from no number (undefined + 1 is NaN).";
  if (inside(/\bundefined\b/))
    return "undefined is what stands where nothing is, e.g. one place after the end of an array.";
  if (!Array.isArray(got) || !Array.isArray(expected)) return undefined;
  const odd = got.find((item) => expected.length > 0 && kindOf(item) !== kindOf(expected[0]));
  if (odd !== undefined) return `Its items must each be ${kindOf(expected[0])}, and one is ${kindOf(odd)}.`;
  const sorted = (items: readonly unknown[]): string[] => items.map((item) => brief(item, 1000)).sort();
  if (same(sorted(got), sorted(expected))) return "The right items, but in the wrong order.";
  return undefined;
}

function constantProblem(
  answers: readonly Answer<unknown>[],
  misses: readonly Miss<unknown>[],
  total: number,
) {
  const constant = total > 2 && answers.every(({ got }) => same(got, answers[0]!.got));
  const varied = misses.some(({ expected }) => !same(expected, misses[0]!.expected));
  return constant && varied ? "Every input gets the same answer." : undefined;
}

async function unchanged<A extends readonly unknown[]>(
  learner: Learner,
  cases: readonly A[],
  expected: (...args: A) => unknown,
): Promise<void> {
  for (const args of cases) {
    const result = await run(learner, args);
    for (const [i, before] of args.entries()) {
      if (!same(before, result.args[i])) {
        throw new CheckFailure(
          `${learner.fn} changed its input: argument ${i + 1} was ${brief(before)} and is now ` +
            `${brief(result.args[i])}. Whoever called still needs it: build a new value and leave the old one alone.`,
        );
      }
    }
    const right = expected(...args);
    if (!same(result.value, right)) throw new CheckFailure(gave(learner, args, result.value, right));
  }
}

async function refuses(
  learner: Learner,
  args: readonly unknown[],
  matches: RegExp,
  wanted: string,
): Promise<void> {
  let value: unknown;
  try {
    ({ value } = await run(learner, args));
  } catch (error) {
    if (!(error instanceof LearnerFault) || error.kind !== "threw") throw error;
    if (matches.test(error.message)) return;
    throw new CheckFailure(`${error.message} It must throw ${wanted}.`);
  }
  throw new CheckFailure(`${callText(learner, args)} gave ${brief(value)}; it must throw ${wanted}.`);
}

async function growth<A extends readonly unknown[]>(learner: Learner, spec: Growth<A>): Promise<void> {
  const times: { size: number; ms: number }[] = [];
  const slow = (text: string): string => `${text}${trend(times)} ${spec.message}`;
  for (const size of spec.sizes) {
    const args = spec.make(size);
    const name = `${size.toLocaleString("en")} ${spec.unit}`;
    let result: Run;
    try {
      result = await learner.run(args);
    } catch (error) {
      if (!(error instanceof LearnerFault) || !happenedInCall(error)) throw error;
      throw new LearnerFault(error.kind, slow(`With ${name}, ${learner.fn} ${error.message}.`));
    }
    const expected = spec.expected(...args);
    if (!same(result.value, expected)) {
      throw new CheckFailure(
        `With ${name}, ${learner.fn} gave ${brief(result.value)}, expected ${brief(expected)}.`,
      );
    }
    times.push({ size, ms: result.ms });
    if (result.ms > spec.limitMs) {
      throw new CheckFailure(
        slow(
          `With ${name}, ${learner.fn} took ${seconds(result.ms)}; the limit is ${seconds(spec.limitMs)}.`,
        ),
      );
    }
  }
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(ms < 100 ? 3 : 1)} s`;

/** How the time grew over the last two sizes. */
function trend(times: readonly { size: number; ms: number }[]): string {
  const [a, b] = times.slice(-2);
  if (a === undefined || b === undefined || a.ms < 1) return "";
  const sizes = (b.size / a.size).toFixed(1).replace(/\.0$/, "");
  return ` ${sizes} times as much input took ${(b.ms / a.ms).toFixed(1)} times as long.`;
}
