import { softmax } from "../numbers";
import { checkCount, writeMany } from "./write";
import type { Write, WriteOptions } from "./write";

/**
 * Generated knowledge (Liu et al. 2022, "Generated Knowledge Prompting for Commonsense Reasoning"): a model first writes
 * statements that may help, then the question is answered once with each, and the most confident answer wins.
 */
export interface KnowledgeShot {
  readonly question: string;
  readonly knowledge: string;
}

/** An instruction, demonstrations and the question, as in the paper's section 2.1: "Input: ...\nKnowledge:". */
export function knowledgePrompt(
  instruction: string,
  shots: readonly KnowledgeShot[],
  question: string,
): string {
  const shown = shots.map(({ question: input, knowledge }) => `Input: ${input.trim()}\nKnowledge: ${knowledge.trim()}\n\n`); // prettier-ignore
  return `${instruction.trim()}\n\n${shown.join("")}Input: ${question.trim()}\nKnowledge:`;
}

export interface GeneratedKnowledgeOptions {
  readonly question: string;
  readonly answers: readonly string[];
  readonly write: Write;
  /** Log-probabilities of the answers after a prompt, one an answer. */
  readonly score: (prompt: string, answers: readonly string[]) => Promise<readonly number[]>;
  readonly instruction: string;
  readonly shots: readonly KnowledgeShot[];
  /** Statements that are drawn; the paper takes 20. Equal and empty ones count once and not at all. */
  readonly count: number;
  readonly draw?: WriteOptions;
  /** Puts a statement before the question: "" is none. A line each without it. */
  readonly ask?: (knowledge: string, question: string) => string;
}

/** An answer by one statement. */
export interface Informed {
  /** "" for the question alone. */
  readonly knowledge: string;
  readonly prompt: string;
  /** By answer; they sum to 1 over the answers. */
  readonly probabilities: readonly number[];
  /** Place of the best answer. */
  readonly best: number;
}

export interface KnowledgeAnswer {
  readonly answer: string;
  /** The statement that won; "" where the question alone was the most confident. */
  readonly knowledge: string;
  /** What each statement led to; the first is the question alone. */
  readonly informed: readonly Informed[];
  /** The answer without knowledge, to compare with. */
  readonly without: string;
}

/**
 * The answer argmax over a of max over k of p(a | k, question), k over the statements and none (equation 2 and 3).
 * Of equally confident ones the earlier wins.
 * @throws RangeError without answers, or for a bad count; Error where the model or the scorer gives another number
 */
export async function generatedKnowledge(options: GeneratedKnowledgeOptions): Promise<KnowledgeAnswer> {
  const { question, answers, write, score, count, ask = onTwoLines } = options;
  if (answers.length === 0) throw new RangeError("generatedKnowledge: there are no answers to choose from");
  checkCount("generatedKnowledge: count", count);
  const prompt = knowledgePrompt(options.instruction, options.shots, question);
  const drawn = await writeMany(write, prompt, count, options.draw);
  const statements = new Set(drawn.map((text) => text.trim()).filter((text) => text !== ""));
  const informed: Informed[] = [];
  for (const knowledge of ["", ...statements]) {
    const asked = ask(knowledge, question);
    const logProbs = await score(asked, answers);
    if (logProbs.length !== answers.length)
      throw new Error(
        `score: ${answers.length} answers need as many log-probabilities, got ${logProbs.length}`,
      );
    const probabilities = normalized(logProbs);
    informed.push({ knowledge, prompt: asked, probabilities, best: probabilities.indexOf(Math.max(...probabilities)) }); // prettier-ignore
  }
  const confidence = ({ probabilities, best }: Informed): number => probabilities[best] as number;
  const winner = informed.reduce((best, each) => (confidence(each) > confidence(best) ? each : best));
  return {
    answer: answers[winner.best] as string,
    knowledge: winner.knowledge,
    informed,
    without: answers[(informed[0] as Informed).best] as string,
  };
}

const onTwoLines = (knowledge: string, question: string): string =>
  knowledge === "" ? question : `${knowledge}\n${question}`;

function normalized(logProbs: readonly number[]): number[] {
  const max = Math.max(...logProbs);
  if (!Number.isFinite(max))
    throw new Error(`score: no answer has a finite log-probability: [${logProbs.join(", ")}]`);
  return softmax(logProbs);
}
