import { fork, integer, makeRng, uniform } from "../engine";
import type { Rng } from "../engine";

/**
 * Word problems of one to four steps: someone has things, gets some and loses some. How hard one is, is the number of
 * its steps; each step alone is easy: numbers up to 20, as children learn to add. Several styles of an answer tell
 * how two annotators would write the chain, so that examples in a prompt can decide which is followed.
 */
export interface StoryProblem {
  /** "Ann has 12 pens, buys 4, loses 9. How many? ": what is asked, up to the place where the answer begins. */
  readonly question: string;
  readonly start: number;
  /** What comes to it, or goes off it, in order: [4, -9]. */
  readonly changes: readonly number[];
  /** How many changes there are. */
  readonly steps: number;
  readonly answer: number;
}

export interface StoryOptions {
  readonly count: number;
  /** Numbers of steps; each entry is drawn as often. */
  readonly steps: readonly number[];
  /** The numbers of a problem belong to one of the two, whatever is told of them; a tenth are "test", each asked once. */
  readonly part: "train" | "test";
}

/** Most steps: a question and its chain stay below 130 characters. */
const MAX_STEPS = 4;
const HELD_OUT = 0.1;

/**
 * Problems drawn at random. The same seed gives the same problems.
 * @throws RangeError naming the wrong option, or where there are not so many different test problems
 */
export function storyProblems({ count, steps, part }: StoryOptions, rng: Rng): StoryProblem[] {
  if (!Number.isInteger(count) || count < 1)
    throw new RangeError(`storyProblems: count must be a whole number from 1, got ${count}`);
  if (steps.length === 0 || !steps.every((n) => Number.isInteger(n) && n >= 1 && n <= MAX_STEPS))
    throw new RangeError(
      `storyProblems: steps must be whole numbers from 1 to ${MAX_STEPS}, got [${steps.join(", ")}]`,
    );
  const found: StoryProblem[] = [];
  const asked = new Set<string>();
  for (let missed = 0; found.length < count;) {
    const [start, changes] = numbersOf(pick(rng, steps), rng);
    const told = integer(rng, 2 ** 30);
    if (isHeldOutStory(start, changes) !== (part === "test")) continue;
    const key = `${start} ${changes.join(" ")}`;
    if (part === "test" && asked.has(key)) {
      // The fewest problems are those of one step, some 280; most of the draws may be of longer ones.
      if (++missed < 3000 * steps.length) continue;
      throw new RangeError(
        `storyProblems: count ${count}: there are only ${found.length} different test problems of ${steps.join(", ")} steps. Cure: fewer, or more steps.`,
      );
    }
    missed = 0;
    asked.add(key);
    found.push(storyProblem(start, changes, told));
  }
  return found;
}

/**
 * The problem of a number and its changes.
 * @param told which names, things and verbs tell it
 * @throws RangeError unless there are one to four changes, whole numbers from 1 to 9 up or down, and what is left is a
 *   whole number from 0 to 20 at first and after each
 */
export function storyProblem(start: number, changes: readonly number[], told = 0): StoryProblem {
  const totals = totalsOf(start, changes);
  const known = changes.every((by) => Number.isInteger(by) && by !== 0 && Math.abs(by) <= 9);
  if (!known || changes.length < 1 || changes.length > MAX_STEPS)
    throw new RangeError(
      `storyProblem: changes must be 1 to ${MAX_STEPS} whole numbers from 1 to 9 up or down, got [${changes.join(", ")}]`,
    );
  if (totals.some((n) => !Number.isInteger(n) || n < 0 || n > MOST))
    throw new RangeError(
      `storyProblem: what is left must be a whole number from 0 to ${MOST}, at first and after each change, got ${totals.join(", ")}`,
    );
  const rng = fork(makeRng(told), "told");
  const [person, thing] = [pick(rng, people), pick(rng, things)];
  const events = changes.map((by) => `${pick(rng, by > 0 ? gains : losses)} ${Math.abs(by)}`);
  const question = `${person} has ${start} ${thing}, ${events.join(", ")}. How many? `;
  return { question, start, changes, steps: changes.length, answer: totals.at(-1) as number };
}

/** Whether the numbers of a problem are only tested with. */
export const isHeldOutStory = (start: number, changes: readonly number[]): boolean =>
  uniform(fork(makeRng(0), `story ${start} ${changes.join(" ")}`)) < HELD_OUT;

/**
 * How an answer is written. For "Ann has 12 pens, buys 4, loses 9. How many? "
 *
 *     direct      #7
 *     equations   12+4=16 16-9=7#7                      one annotator
 *     words       12, up 4: 16, down 9: 7#7             another
 *     wrong       12+4=17 17-9=8#7                      one result is wrong, and what follows from it; the answer is right
 */
export const storyStyles = ["direct", "equations", "words", "wrong"] as const;
export type StoryStyle = (typeof storyStyles)[number];

/** What follows the question, without an end of line. */
export function storyAnswer(problem: StoryProblem, style: StoryStyle): string {
  const { start, changes, answer } = problem;
  if (style === "direct") return `#${answer}`;
  const totals = totalsOf(start, changes);
  if (style === "words") {
    const steps = changes.map((by, i) => `${by > 0 ? "up" : "down"} ${Math.abs(by)}: ${totals[i + 1]}`);
    return `${[`${start}`, ...steps].join(", ")}#${answer}`;
  }
  const said = style === "wrong" ? slipped(problem) : totals;
  return `${changes.map((by, i) => `${said[i]}${by > 0 ? "+" : "-"}${Math.abs(by)}=${said[i + 1]}`).join(" ")}#${answer}`;
}

/** A solved problem in a prompt. */
export interface StoryExample {
  readonly problem: StoryProblem;
  readonly style: StoryStyle;
}

/** Solved problems, a line each, and the question. */
export const storyPrompt = (examples: readonly StoryExample[], problem: StoryProblem): string =>
  examples.map((each) => `${each.problem.question}${storyAnswer(each.problem, each.style)}\n`).join("") +
  problem.question;

export interface GradedStory {
  /** What stands after "#", and nothing else; undefined where it is no number. */
  readonly answer: number | undefined;
  readonly right: boolean;
  /** The style of what was written, by its beginning; undefined where it is none of them. */
  readonly style: Exclude<StoryStyle, "wrong"> | undefined;
  /** All that stands before "#" is the right chain of its style, which has steps. */
  readonly rightChain: boolean;
}

/** Judges what was written after a question; what stands after its first line does not count. */
export function gradeStory(problem: StoryProblem, text: string): GradedStory {
  const line = text.split("\n", 1)[0] as string;
  const found = /^[^#]*#(\d+)$/.exec(line)?.[1];
  const answer = found === undefined ? undefined : Number(found);
  const style = line.startsWith("#") ? "direct" : /^\d+, /.test(line) ? "words" : /^\d+[+-]\d/.test(line) ? "equations" : undefined; // prettier-ignore
  const chain = line.split("#", 1)[0] as string;
  return {
    answer,
    right: answer === problem.answer,
    style,
    rightChain: style !== undefined && style !== "direct" && chain === storyAnswer(problem, style).split("#", 1)[0], // prettier-ignore
  };
}

/** What there is at first and after each change. */
const totalsOf = (start: number, changes: readonly number[]): number[] =>
  changes.reduce<number[]>((totals, by) => [...totals, (totals.at(-1) as number) + by], [start]);

/** The totals with one that is wrong by 1 to 9, and all after it; always the same one of a problem. */
function slipped({ start, changes }: StoryProblem): number[] {
  const rng = fork(makeRng(0), `slip ${start} ${changes.join(" ")}`);
  const at = 1 + integer(rng, changes.length);
  const totals = totalsOf(start, changes);
  const by = 1 + integer(rng, 9);
  const down = integer(rng, 2) === 0 && totals.slice(at).every((n) => n >= by);
  return totals.map((n, i) => (i < at ? n : down ? n - by : n + by));
}

/** What is left stays a number that a child counts to: some 290 steps are all there are, and a small model learns them. */
const MOST = 20;

function numbersOf(steps: number, rng: Rng): [start: number, changes: number[]] {
  const start = 1 + integer(rng, MOST);
  const changes: number[] = [];
  let total = start;
  while (changes.length < steps) {
    const by = (1 + integer(rng, 9)) * (integer(rng, 2) === 0 ? 1 : -1);
    if (total + by < 0 || total + by > MOST) continue;
    changes.push(by);
    total += by;
  }
  return [start, changes];
}

const pick = <T>(rng: Rng, from: readonly T[]): T => from[integer(rng, from.length)] as T;
const people = ["Ann", "Ben", "Eva", "Max"];
const things = ["pens", "nuts", "eggs", "cards"];
const gains = ["buys", "finds", "gets"];
const losses = ["loses", "sells", "drops"];
