import { fork, integer, makeRng } from "../engine";
import { arithmeticSteps, stepText } from "./arithmetic";
import type { ArithmeticProblem, ArithmeticStep } from "./arithmetic";

/**
 * What may be written between a question and its answer. For 345+678=
 *
 *     direct      1023
 *     scratchpad  5+8+0=13 4+7+1=12 3+6+1=10#1023     Nye et al. 2021
 *     equation    345+678#1023                        the ablations of Wei et al. 2022, section 3.3:
 *     dots        ..........................#1023     as many characters, nothing in them
 *     after       #1023 5+8+0=13 4+7+1=12 3+6+1=10    the chain comes too late to help
 *     wrong       5+8+0=13 4+7+0=11 3+6+1=10#1023     one carry is wrong, the answer is right (Wang et al. 2023)
 *
 * A story's chain begins with its equation: "345+678: 5+8+0=13 ...".
 */
export const chainForms = ["direct", "scratchpad", "equation", "dots", "after", "wrong"] as const;
export type ChainForm = (typeof chainForms)[number];

/** What follows the question, without an end of line. */
export function workedAnswer(problem: ArithmeticProblem, form: ChainForm): string {
  const { answer, equation } = problem;
  switch (form) {
    case "direct":
      return `${answer}`;
    case "scratchpad":
      return `${chainOf(problem)}#${answer}`;
    case "equation":
      return `${equation}#${answer}`;
    case "dots":
      return `${".".repeat(chainOf(problem).length)}#${answer}`;
    case "after":
      return `#${answer} ${chainOf(problem)}`;
    case "wrong":
      return `${chainOf(problem, slipOf(problem))}#${answer}`;
  }
}

/** "345+678=1023": the question and what follows it. */
export const workedLine = (problem: ArithmeticProblem, form: ChainForm): string =>
  problem.question + workedAnswer(problem, form);

/** The steps, and before them the equation where a story does not say it. */
function chainOf(problem: ArithmeticProblem, slip?: number): string {
  const { kind, equation } = problem;
  const steps = arithmeticSteps(problem, slip).map((step) => stepText(step, kind));
  return (kind === "sum" || kind === "product" ? "" : `${equation}: `) + steps.join(" ");
}

/**
 * The step of which a wrong chain passes the carry on wrongly, always the same one of a problem. The last step's carry
 * is not written again, so it is another; a number of one digit has no other, and its wrong chain is right.
 */
function slipOf(problem: ArithmeticProblem): number | undefined {
  const places = arithmeticSteps(problem).length - 1;
  return places < 1 ? undefined : integer(fork(makeRng(0), problem.equation), places);
}

const answerIn: Readonly<Record<ChainForm, RegExp>> = {
  direct: /^(0|[1-9]\d*)$/,
  scratchpad: /^[^#]*#(0|[1-9]\d*)$/,
  equation: /^[^#]*#(0|[1-9]\d*)$/,
  dots: /^[^#]*#(0|[1-9]\d*)$/,
  after: /^#(0|[1-9]\d*)(?: [^#]*)?$/,
  wrong: /^[^#]*#(0|[1-9]\d*)$/,
};

/**
 * The number that a text gives as its answer.
 * @param text what was written after the question; what stands after its first line does not count
 * @returns undefined where the text does not have the form, so that nothing is guessed
 */
export function answerOf(text: string, form: ChainForm): number | undefined {
  const found = answerIn[form].exec(text.split("\n", 1)[0] as string)?.[1];
  return found === undefined ? undefined : Number(found);
}

export interface GradedStep {
  /** As it should be: "5+8+0=13". */
  readonly wanted: string;
  /** As it was written; undefined where the chain is over. */
  readonly written: string | undefined;
  /** Written and wanted are the same. */
  readonly right: boolean;
  /** What was written is a true equation, of whatever digits: a wrong step that is true copied the wrong digits. */
  readonly holds: boolean;
}

export interface GradedChain {
  readonly steps: readonly GradedStep[];
  /** Written steps beyond those wanted. */
  readonly surplus: number;
  /** Whether all steps are right, and there are no others. */
  readonly right: boolean;
  /** The answer that the written steps lead to, digit by digit; undefined where one of them cannot be read. */
  readonly leadsTo: number | undefined;
  /** The answer that was given. */
  readonly answer: number | undefined;
}

/**
 * Judges a written chain, step by step. A right answer after a wrong chain shows by `answer` against `leadsTo`.
 * @param text what was written after the question, in the form "scratchpad", "wrong" or "after"
 */
export function gradeChain(
  problem: ArithmeticProblem,
  text: string,
  form: ChainForm = "scratchpad",
): GradedChain {
  const line = text.split("\n", 1)[0] as string;
  const chain = form === "after" ? line.replace(/^#\d* ?/, "") : (line.split("#", 1)[0] as string);
  const story = problem.kind !== "sum" && problem.kind !== "product";
  const said =
    story && chain.startsWith(`${problem.equation}: `) ? chain.slice(problem.equation.length + 2) : chain;
  const written = said.split(" ").filter((each) => each !== "");
  const wanted = arithmeticSteps(problem).map((step) => stepText(step, problem.kind));
  const steps = wanted.map((want, i) => ({
    wanted: want,
    written: written[i],
    right: written[i] === want,
    holds: holds(written[i]),
  }));
  const surplus = Math.max(0, written.length - wanted.length);
  return {
    steps,
    surplus,
    right: surplus === 0 && steps.every(({ right }) => right),
    leadsTo: leadsTo(written.map(readStep)),
    answer: answerOf(line, form),
  };
}

function readStep(text: string | undefined): (ArithmeticStep & { times: boolean }) | undefined {
  const found = /^(\d)([+*])(\d)\+(\d)=(\d{1,2})$/.exec(text ?? "");
  if (!found) return undefined;
  const [x, y, carry, total] = [found[1], found[3], found[4], found[5]].map(Number) as [number, number, number, number]; // prettier-ignore
  return { x, y, carry, total, times: found[2] === "*" };
}

function holds(text: string | undefined): boolean {
  const step = readStep(text);
  return step !== undefined && (step.times ? step.x * step.y : step.x + step.y) + step.carry === step.total;
}

/** The last digit of each total, and all of the last one's. */
function leadsTo(steps: readonly (ArithmeticStep | undefined)[]): number | undefined {
  if (steps.length === 0 || steps.includes(undefined)) return undefined;
  return steps.reduce((sum, step, i) => {
    const total = (step as ArithmeticStep).total;
    return sum + (i === steps.length - 1 ? total : total % 10) * 10 ** i;
  }, 0);
}
