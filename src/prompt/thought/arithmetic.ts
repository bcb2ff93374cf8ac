import { answerOf, gradeChain } from "../../data";
import type { ArithmeticProblem, ChainForm, GradedChain } from "../../data";
import type { WriteEach } from "./writer";

/** A problem, and what was written after its question. */
export interface WrittenProblem {
  readonly problem: ArithmeticProblem;
  readonly text: string;
  /** Undefined where the text does not have the form. */
  readonly answer: number | undefined;
  readonly right: boolean;
  /** Of the forms that have steps. */
  readonly chain: GradedChain | undefined;
}

/** All problems of one difficulty. */
export interface ArithmeticScore {
  readonly digits: number;
  readonly problems: number;
  /** Right answers; the share of them is the accuracy. */
  readonly right: number;
  /** Texts without an answer in the form. */
  readonly unreadable: number;
  /** Chains without a mistake; 0 where the form has no steps. */
  readonly rightChains: number;
  /** Answers that are what the written steps lead to, right or wrong: how far the answer is read off the chain. */
  readonly followed: number;
}

/** Forms whose text has steps to grade. */
const withSteps: readonly ChainForm[] = ["scratchpad", "after", "wrong"];

/**
 * Lets a model that was trained on a form answer problems, and grades answers and chains by the number of digits.
 * @param problems held out, see `arithmeticProblems`; problems of one size are asked together
 * @returns the scores, fewest digits first, and all texts in the problems' order
 * @throws Error where the model returned another number of texts
 */
export async function arithmeticScores(
  writeEach: WriteEach,
  problems: readonly ArithmeticProblem[],
  form: ChainForm,
): Promise<{ scores: ArithmeticScore[]; written: WrittenProblem[] }> {
  const sizes = [...new Set(problems.map(({ digits }) => digits))].sort((a, b) => a - b);
  const known = new Map<ArithmeticProblem, WrittenProblem>();
  for (const size of sizes) {
    const asked = problems.filter(({ digits }) => digits === size);
    const texts = await writeEach(
      asked.map(({ question }) => question),
      { stop: ["\n"] },
    );
    if (texts.length !== asked.length)
      throw new Error(
        `writeEach: ${asked.length} prompts, ${texts.length} texts. Cure: return one text a prompt.`,
      );
    asked.forEach((problem, i) => known.set(problem, graded(problem, texts[i] as string, form)));
  }
  const written = problems.map((problem) => known.get(problem) as WrittenProblem);
  return { scores: sizes.map((size) => scoreOf(size, written)), written };
}

function graded(problem: ArithmeticProblem, text: string, form: ChainForm): WrittenProblem {
  const answer = answerOf(text, form);
  const chain = withSteps.includes(form) ? gradeChain(problem, text, form) : undefined;
  return { problem, text, answer, right: answer === problem.answer, chain };
}

function scoreOf(size: number, written: readonly WrittenProblem[]): ArithmeticScore {
  const own = written.filter(({ problem }) => problem.digits === size);
  const count = (test: (each: WrittenProblem) => boolean): number => own.filter(test).length;
  return {
    digits: size,
    problems: own.length,
    right: count(({ right }) => right),
    unreadable: count(({ answer }) => answer === undefined),
    rightChains: count(({ chain }) => chain?.right === true),
    followed: count(({ answer, chain }) => answer !== undefined && chain?.leadsTo === answer),
  };
}
