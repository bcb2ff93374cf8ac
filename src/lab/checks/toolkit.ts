import { brief, same } from "./compare";
import {
  constantProblem,
  diagnose,
  formProblem,
  type Answer,
  type Finding,
  type Miss,
  type Wrong,
} from "./diagnose";
import { LearnerFault, type Learner, type Run } from "./learner";
import type { PlainTensor } from "./plain";
import type { Random } from "./random";
import { Opaque } from "./values";

export type { Finding, Wrong } from "./diagnose";

/** A check's verdict "wrong", with the message for the learner. */
export class CheckFailure extends Error {
  constructor(
    message: string,
    /** The classic mistake behind it, where one was recognised: the same text for everybody who made it. */
    readonly mistake?: string,
  ) {
    super(message);
  }
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
  /** What is wrong with an answer in itself, where none of `wrong` gives it. A plain text names the mistake, too. */
  readonly explain?: (value: unknown, ...args: A) => string | Finding | undefined;
  /** Where the gradient is judged, and not the value: what each element of the value weighs in the sum. */
  readonly dy?: (...args: A) => PlainTensor;
  /** The argument, counted from 0, with respect to which the gradient is judged. Default: the first. */
  readonly by?: number;
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
  /** Fails with this message, and with the name of the mistake where it is a known one. */
  fail(message: string, mistake?: string): never;
  /** Every case must be right; else says which is not, how many are, and which classic mistake gives these answers. */
  cases<A extends readonly unknown[]>(learner: Learner, cases: Cases<A>): Promise<void>;
  /** The answers must be right and the arguments must be as before. Give two cases, so that no constant passes. */
  unchanged<A extends readonly unknown[]>(
    learner: Learner,
    args: readonly [A, A, ...A[]],
    expected: (...args: A) => unknown,
    tolerance?: number,
  ): Promise<void>;
  /** The answers must be right, and no tensor but the answer may outlive the call. */
  noLeaks<A extends readonly unknown[]>(learner: Learner, cases: Cases<A>): Promise<void>;
  /** The call must throw an error whose message matches. */
  refuses(learner: Learner, args: readonly unknown[], matches: RegExp, wanted: string): Promise<void>;
  /** Right at every size and never over the limit; says how the time grows. */
  growth<A extends readonly unknown[]>(learner: Learner, growth: Growth<A>): Promise<void>;
}

export function makeToolkit(random: Random): Toolkit {
  const fail = (message: string, mistake?: string): never => {
    throw new CheckFailure(message, mistake);
  };
  return { random, fail, cases, unchanged, noLeaks, refuses, growth };
}

const callText = ({ fn }: Learner, args: readonly unknown[], dy?: PlainTensor, by = 0): string => {
  const texts = args.map((arg) => brief(arg, 120));
  if (dy === undefined) return `${fn}(${texts.join(", ")})`;
  const name =
    texts.length === 1 ? fn : `x => ${fn}(${texts.map((text, i) => (i === by ? "x" : text)).join(", ")})`;
  return `tf.grad(${name})(${texts[by]}, ${brief(dy, 120)})`;
};

/** Calls, and puts the call in front of an error's message. */
async function run(learner: Learner, args: readonly unknown[], dy?: PlainTensor, by?: number): Promise<Run> {
  try {
    return await learner.run(args, dy, by);
  } catch (error) {
    if (!(error instanceof LearnerFault) || !happenedInCall(error)) throw error;
    throw new LearnerFault(error.kind, sentence(callText(learner, args, dy, by), error), error.mistake);
  }
}

const sentence = (call: string, { message }: LearnerFault): string =>
  `${call} ${message.replace(/\.$/, "")}.`;

const happenedInCall = ({ kind }: LearnerFault): boolean =>
  kind === "threw" || kind === "timeout" || kind === "crash" || kind === "memory";

async function cases<A extends readonly unknown[]>(learner: Learner, spec: Cases<A>): Promise<void> {
  const misses: Miss<A>[] = [];
  const answers: Answer<A>[] = [];
  for (const args of spec.args) {
    const { value: got } = await run(learner, args, spec.dy?.(...args), spec.by);
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
    diagnose(misses, answers, spec.wrong ?? [], spec.tolerance) ??
    finding(spec.explain?.(shown.got, ...shown.args)) ??
    formProblem(shown) ??
    constantProblem(answers, misses, total);
  const call = callText(learner, shown.args, spec.dy?.(...shown.args), spec.by);
  const message = `${gave(call, shown.got, shown.expected)}\n${rate}${why?.message ?? ""}`.trimEnd();
  throw new CheckFailure(message, why?.mistake);
}

const finding = (told: string | Finding | undefined): Finding | undefined =>
  typeof told === "string" ? { message: told, mistake: told } : told;

/** The smallest failing case is the easiest to think through. */
const sizeOf = (args: readonly unknown[]): number => brief(args, 2000).length;

const gave = (call: string, got: unknown, expected: unknown): string =>
  `${call}\ngave ${brief(got)}\nexpected ${brief(expected)}`;

/** Rounded down, so that "100 % right" is never said of a failure. */
const percent = (right: number, total: number): string => `${Math.floor((100 * right) / total)} % right`;

async function unchanged<A extends readonly unknown[]>(
  learner: Learner,
  cases: readonly A[],
  expected: (...args: A) => unknown,
  tolerance?: number,
): Promise<void> {
  for (const args of cases) {
    const result = await run(learner, args);
    for (const [i, before] of args.entries()) {
      const after = result.args[i];
      if (after instanceof Opaque) {
        throw new CheckFailure(
          `${learner.fn} took its input away: argument ${i + 1} was ${brief(before)} and is now ` +
            `${after.what}. Whoever called still needs it: dispose only what you made yourself.`,
          "An argument was disposed, which belongs to whoever called.",
        );
      }
      if (!same(before, after)) {
        throw new CheckFailure(
          `${learner.fn} changed its input: argument ${i + 1} was ${brief(before)} and is now ` +
            `${brief(after)}. Whoever called still needs it: build a new value and leave the old one alone.`,
          "The function changed its input.",
        );
      }
    }
    const right = expected(...args);
    if (!same(result.value, right, tolerance))
      throw new CheckFailure(gave(callText(learner, args), result.value, right));
  }
}

async function noLeaks<A extends readonly unknown[]>(learner: Learner, spec: Cases<A>): Promise<void> {
  for (const args of spec.args) {
    const { leaks = {} } = await run(learner, args);
    const left = Object.entries(leaks).map(([shape, n]) => (n > 1 ? `${shape} x${n}` : shape));
    if (left.length > 0) {
      const count = Object.values(leaks).reduce((total, n) => total + n, 0);
      throw new CheckFailure(
        `${callText(learner, args)} left ${count} ${count === 1 ? "tensor" : "tensors"} behind: ${left.join(", ")}. ` +
          "The memory of tensors is not collected: return the result from tf.tidy(() => ...), which frees the others.",
        "Tensors were left behind: tf.tidy is missing.",
      );
    }
  }
  await cases(learner, spec);
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
    throw new CheckFailure(`${error.message} It must throw ${wanted}.`, `Bad input must throw ${wanted}.`);
  }
  throw new CheckFailure(
    `${callText(learner, args)} gave ${brief(value)}; it must throw ${wanted}.`,
    `Bad input must throw ${wanted}.`,
  );
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
      const mistake = error.kind === "timeout" ? spec.message : error.mistake;
      throw new LearnerFault(error.kind, slow(`With ${name}, ${learner.fn} ${error.message}.`), mistake);
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
        spec.message,
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
