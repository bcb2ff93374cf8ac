import { fork, integer, makeRng, uniform } from "../engine";
import type { Rng } from "../engine";

/**
 * Sums and products of whole numbers, asked plainly or in a short story: a task that is made, not collected, whose
 * difficulty is one number (digits), and whose whole chain of thought can be written and graded by a rule. The chain is
 * the scratchpad of Nye et al. 2021 ("Show your work", section 3): digit by digit from the right, with the carry.
 */

/** What is asked: "345+678=", "345*7=", or a story that needs a sum or a product. */
export const arithmeticKinds = ["sum", "product", "story", "product story"] as const;
export type ArithmeticKind = (typeof arithmeticKinds)[number];

export interface ArithmeticProblem {
  readonly kind: ArithmeticKind;
  readonly a: number;
  readonly b: number;
  /** Digits of a; b has as many, or one where it multiplies. */
  readonly digits: number;
  /** What is asked, up to the place where the answer begins: "345+678=". */
  readonly question: string;
  /** "345+678": the question, without its story. */
  readonly equation: string;
  readonly answer: number;
}

export interface ArithmeticOptions {
  readonly count: number;
  /** Digits of the numbers; each entry is drawn as often, so [1, 2, 2] has twice as many of two. */
  readonly digits: readonly number[];
  /** Each entry is drawn as often. Plain sums without it. */
  readonly kinds?: readonly ArithmeticKind[];
  /**
   * A pair of numbers belongs to one of the two, in both orders and in whatever kind; a tenth of all pairs are "test".
   * Those of "test" are all different.
   */
  readonly part: "train" | "test";
}

/** Most digits: the products stay whole numbers that a float holds. */
const MAX_DIGITS = 12;
/** Share of the pairs that is only tested with. */
const HELD_OUT = 0.1;

/**
 * Problems drawn at random. The same seed gives the same problems.
 * @throws RangeError naming the wrong option, or where there are not so many different test problems
 */
export function arithmeticProblems(options: ArithmeticOptions, rng: Rng): ArithmeticProblem[] {
  const { count, digits, kinds = ["sum"], part } = options;
  checkOptions(count, digits, kinds);
  const found: ArithmeticProblem[] = [];
  const asked = new Set<string>();
  // A pair that is left is drawn with a chance of at least one in all pairs, so 20 times as many draws miss none.
  const patience = 20 * digits.length * kinds.length * 100 ** Math.max(...digits);
  for (let missed = 0; found.length < count;) {
    const kind = pick(rng, kinds);
    const size = pick(rng, digits);
    const [a, b] = [wholeOf(size, rng), isProduct(kind) ? 2 + integer(rng, 8) : wholeOf(size, rng)];
    const story = integer(rng, stories.length * people.length * things.length);
    if (isHeldOut(a, b) !== (part === "test")) continue;
    const key = `${kind} ${a} ${b}`;
    if (part === "test" && asked.has(key)) {
      if (++missed < patience) continue;
      throw new RangeError(
        `arithmeticProblems: count ${count}: there are only ${found.length} different test problems of ${digits.join(", ")} digits. Cure: fewer, or more digits.`,
      );
    }
    missed = 0;
    asked.add(key);
    found.push(arithmeticProblem(kind, a, b, story));
  }
  return found;
}

/**
 * The problem of two numbers.
 * @param b one digit where it multiplies
 * @param story which story, person and thing
 * @throws RangeError where a number is not whole, negative or too long
 */
export function arithmeticProblem(kind: ArithmeticKind, a: number, b: number, story = 0): ArithmeticProblem {
  for (const [name, value] of Object.entries({ a, b }))
    if (!Number.isInteger(value) || value < 0 || value >= 10 ** MAX_DIGITS)
      throw new RangeError(
        `arithmeticProblem: ${name} must be a whole number from 0, of at most ${MAX_DIGITS} digits, got ${value}`,
      );
  if (isProduct(kind) && b > 9)
    throw new RangeError(`arithmeticProblem: b must be one digit where it multiplies, got ${b}`);
  const equation = `${a}${isProduct(kind) ? "*" : "+"}${b}`;
  const told = (isProduct(kind) ? productStories : stories)[story % stories.length] as Story;
  const person = people[Math.floor(story / stories.length) % people.length] as string;
  const thing = things[Math.floor(story / stories.length / people.length) % things.length] as string;
  const question = kind === "sum" || kind === "product" ? `${equation}=` : told(a, b, person, thing);
  const answer = isProduct(kind) ? a * b : a + b;
  return { kind, a, b, digits: String(a).length, question, equation, answer };
}

/** Whether a pair of numbers is only tested with: the same in both orders. */
export function isHeldOut(a: number, b: number): boolean {
  const [low, high] = a < b ? [a, b] : [b, a];
  return uniform(fork(makeRng(0), `${low} ${high}`)) < HELD_OUT;
}

/** One digit of the scratchpad: x + y + carry (or x * y + carry) = total; the total's tens are the next carry. */
export interface ArithmeticStep {
  readonly x: number;
  readonly y: number;
  readonly carry: number;
  readonly total: number;
}

/**
 * The digits of a problem from the right. The shorter number of a sum goes on with zeros.
 * @param slip a step whose carry is passed on wrongly, one where it should be none and none otherwise
 */
export function arithmeticSteps({ kind, a, b }: ArithmeticProblem, slip?: number): ArithmeticStep[] {
  const [left, right] = [digitsOf(a), digitsOf(b)];
  const steps: ArithmeticStep[] = [];
  let carry = 0;
  for (let i = 0; i < Math.max(left.length, isProduct(kind) ? 0 : right.length); i++) {
    const [x, y] = [left[i] ?? 0, (isProduct(kind) ? right[0] : right[i]) ?? 0];
    const total = (isProduct(kind) ? x * y : x + y) + carry;
    steps.push({ x, y, carry, total });
    carry = Math.floor(total / 10);
    if (i === slip) carry = carry === 0 ? 1 : 0;
  }
  return steps;
}

/** "5+8+0=13" */
export const stepText = ({ x, y, carry, total }: ArithmeticStep, kind: ArithmeticKind): string =>
  `${x}${isProduct(kind) ? "*" : "+"}${y}+${carry}=${total}`;

export const isProduct = (kind: ArithmeticKind): boolean => kind === "product" || kind === "product story";

/** Digits from the right: 345 is [5, 4, 3]. */
const digitsOf = (n: number): number[] => Array.from(String(n), Number).reverse();

/** A number of so many digits; the first is not 0, unless it is the only one. */
function wholeOf(digits: number, rng: Rng): number {
  const rest = Array.from({ length: digits - 1 }, () => integer(rng, 10));
  return Number([digits === 1 ? integer(rng, 10) : 1 + integer(rng, 9), ...rest].join(""));
}

const pick = <T>(rng: Rng, from: readonly T[]): T => from[integer(rng, from.length)] as T;

type Story = (a: number, b: number, person: string, thing: string) => string;
const people = ["Ann", "Ben", "Eva", "Max"];
const things = ["pens", "nuts", "eggs", "cards"];
const stories: readonly Story[] = [
  (a, b, who, what) => `${who} has ${a} ${what} and gets ${b} more. How many now? `,
  (a, b, who, what) => `${who} sold ${a} ${what}, then ${b}. How many in all? `,
  (a, b, who, what) => `Of the ${what} ${a} are old and ${b} are new. How many has ${who}? `,
];
const productStories: readonly Story[] = [
  (a, b, who, what) => `${who} has ${b} bags of ${a} ${what}. How many in all? `,
  (a, b, who, what) => `${who} sold ${a} ${what} a day for ${b} days. How many? `,
  (a, b, who, what) => `${b} boxes hold ${a} ${what} each. How many has ${who}? `,
];

function checkOptions(count: number, digits: readonly number[], kinds: readonly ArithmeticKind[]): void {
  if (!Number.isInteger(count) || count < 1)
    throw new RangeError(`arithmeticProblems: count must be a whole number from 1, got ${count}`);
  if (digits.length === 0 || !digits.every((d) => Number.isInteger(d) && d >= 1 && d <= MAX_DIGITS))
    throw new RangeError(
      `arithmeticProblems: digits must be whole numbers from 1 to ${MAX_DIGITS}, got [${digits.join(", ")}]`,
    );
  const unknown = kinds.find((kind) => !arithmeticKinds.includes(kind));
  if (kinds.length === 0 || unknown !== undefined)
    throw new RangeError(
      `arithmeticProblems: kinds must be of ${arithmeticKinds.join(", ")}, got [${kinds.join(", ")}]`,
    );
}
