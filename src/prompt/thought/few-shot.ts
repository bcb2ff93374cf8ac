import { integer } from "../../engine";
import type { Rng } from "../../engine";
import { questionPrompt } from "./zero-shot";

/**
 * Few-shot chain of thought (Wei et al. 2022, "Chain-of-Thought Prompting Elicits Reasoning in Large Language Models"):
 * demonstrations whose answers are worked out, and the ablations of its section 3.3.
 */
export interface Exemplar {
  readonly question: string;
  /** Sentences that lead to the answer. */
  readonly chain: string;
  /** "5 + 6 = 11": needed by the form "equation" only. */
  readonly equation?: string;
  /** A chain that goes wrong: needed by the form "wrong" only; `wrongNumber` makes one. */
  readonly wrongChain?: string;
  readonly answer: number | string;
}

/**
 * standard: no chain. chain: before the answer. equation: nothing but it. dots: as many as the chain has characters,
 * room to compute without words (in the paper, as many as the equation has). after: the answer first, so that the chain
 * cannot help it. wrong: a chain that does not lead to the answer, which is right (Wang et al. 2023, "Towards
 * Understanding Chain-of-Thought Prompting").
 */
export const exemplarForms = ["standard", "chain", "equation", "dots", "after", "wrong"] as const;
export type ExemplarForm = (typeof exemplarForms)[number];

/**
 * What follows "A:" in a demonstration.
 * @throws RangeError where the form needs what the exemplar does not have
 */
export function exemplarAnswer(exemplar: Exemplar, form: ExemplarForm): string {
  const said = `The answer is ${exemplar.answer}.`;
  const chain = exemplar.chain.trim();
  switch (form) {
    case "standard":
      return said;
    case "chain":
      return `${chain} ${said}`;
    case "equation":
      return `${needed(exemplar, "equation")} ${said}`;
    case "dots":
      return `${".".repeat(chain.length)} ${said}`;
    case "after":
      return `${said} ${chain}`;
    case "wrong":
      return `${needed(exemplar, "wrongChain")} ${said}`;
  }
}

/**
 * Demonstrations, an empty line after each, and the question: "Q: ...\nA:".
 * @throws RangeError naming the exemplar that lacks what the form needs, or is empty
 */
export function fewShotPrompt(exemplars: readonly Exemplar[], question: string, form: ExemplarForm): string {
  const shots = exemplars.map((exemplar, i) => {
    try {
      return `${questionPrompt(needed(exemplar, "question"))} ${exemplarAnswer(exemplar, form)}\n\n`;
    } catch (error) {
      throw new RangeError(`fewShotPrompt: exemplar ${i}: ${(error as Error).message}`);
    }
  });
  return shots.join("") + questionPrompt(question);
}

/**
 * A chain with one number changed, by 1 to 9 up or down and never below 0: a wrong chain of the same words. Numbers are
 * those after "=" where there are any, for they are results; else any.
 * @throws RangeError where the chain has no number
 */
export function wrongNumber(chain: string, rng: Rng): string {
  const results = [...chain.matchAll(/(?<==\s*\$?)\d+/g)];
  const numbers = results.length > 0 ? results : [...chain.matchAll(/\d+/g)];
  if (numbers.length === 0) throw new RangeError(`wrongNumber: "${chain}" has no number to change`);
  const chosen = numbers[integer(rng, numbers.length)] as RegExpExecArray;
  const value = Number(chosen[0]);
  const by = 1 + integer(rng, 9);
  const other = integer(rng, 2) === 0 && value >= by ? value - by : value + by;
  return `${chain.slice(0, chosen.index)}${other}${chain.slice(chosen.index + chosen[0].length)}`;
}

function needed(exemplar: Exemplar, field: "question" | "equation" | "wrongChain"): string {
  const text = exemplar[field]?.trim();
  if (text === undefined || text === "") throw new RangeError(`it has no ${field}. Cure: give it one.`);
  return text;
}
