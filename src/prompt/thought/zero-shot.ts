import { answerNumber } from "./answers";
import { writeOne } from "./write";
import type { Write, WriteOptions } from "./write";

/**
 * Zero-shot chain of thought (Kojima et al. 2022, "Large Language Models are Zero-Shot Reasoners", section 3): one call
 * that reasons, and a second that reads the answer off the reasoning.
 */
export interface ZeroShotOptions {
  /** What makes it reason. */
  readonly trigger?: string;
  /** What makes it answer, after the reasoning. */
  readonly answerTrigger?: string;
  readonly reason?: WriteOptions;
  readonly answer?: WriteOptions;
  /** The answer in what was written last; the first number without it. */
  readonly answerOf?: (text: string) => number | string | undefined;
}

/** Everything that was asked and written. */
export interface ZeroShotThought {
  readonly reasonPrompt: string;
  readonly reasoning: string;
  readonly answerPrompt: string;
  readonly answerText: string;
  readonly answer: number | string | undefined;
}

export const STEP_BY_STEP = "Let's think step by step.";
export const THEREFORE = "Therefore, the answer (arabic numerals) is";
const THE_ANSWER = "The answer (arabic numerals) is";

/** "Q: [X]. A: [T]", as in the paper, on two lines. */
export const questionPrompt = (question: string, trigger = ""): string =>
  `Q: ${question.trim()}\nA:${trigger === "" ? "" : ` ${trigger}`}`;

/** Two calls: "Let's think step by step.", then "Therefore, the answer is". */
export async function zeroShotThought(
  write: Write,
  question: string,
  options: ZeroShotOptions = {},
): Promise<ZeroShotThought> {
  const { trigger = STEP_BY_STEP, answerTrigger = THEREFORE, answerOf = firstNumber } = options;
  const reasonPrompt = questionPrompt(question, trigger);
  const reasoning = await writeOne(write, reasonPrompt, options.reason);
  const answerPrompt = `${reasonPrompt}${spaced(reasoning.trimEnd())}\n${answerTrigger}`;
  const answerText = await writeOne(write, answerPrompt, options.answer);
  return { reasonPrompt, reasoning, answerPrompt, answerText, answer: answerOf(answerText) };
}

/** The same question without reasoning, in one call: what the chain is compared with. */
export async function zeroShotAnswer(
  write: Write,
  question: string,
  { answerTrigger = THE_ANSWER, answerOf = firstNumber, answer }: ZeroShotOptions = {},
): Promise<Pick<ZeroShotThought, "answerPrompt" | "answerText" | "answer">> {
  const answerPrompt = questionPrompt(question, answerTrigger);
  const answerText = await writeOne(write, answerPrompt, answer);
  return { answerPrompt, answerText, answer: answerOf(answerText) };
}

const firstNumber = (text: string): number | undefined =>
  answerNumber(text, { trigger: "", otherwise: "first" });

/** A model of words writes the space itself, one of characters perhaps not. */
const spaced = (text: string): string => (text === "" || /^\s/.test(text) ? text : ` ${text}`);
