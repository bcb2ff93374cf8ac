/**
 * A number in free text, as the papers on chains of thought take it out: what follows "The answer is" (Wei et al. 2022),
 * else the last number (Kojima et al. 2022, appendix A.6).
 */

/** "$1,234.50", "-3", "12%": thousands with commas, a point only before more digits. */
const NUMBER = /(?<![\d.])-?\$?(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+)(?:\.\d+)?/g;

/** All numbers of a text, in order; signs of money and percent are left out. */
export function numbersIn(text: string): number[] {
  return (text.match(NUMBER) ?? []).map((found) => Number(found.replace(/[$,]/g, "")));
}

export interface AnswerOptions {
  /** What stands before the answer; the last one counts. "the answer is" without it, in whatever case. */
  readonly trigger?: string;
  /** What counts where the trigger does not come: the last number of the text, the first, or nothing. "last" without it. */
  readonly otherwise?: "last" | "first" | "none";
}

/**
 * The number that a text gives as its answer.
 * @returns undefined where there is none; a trigger without a number after it has none
 */
export function answerNumber(
  text: string,
  { trigger = "the answer is", otherwise = "last" }: AnswerOptions = {},
): number | undefined {
  const at = text.toLowerCase().lastIndexOf(trigger.toLowerCase());
  if (trigger !== "" && at >= 0) return numbersIn(text.slice(at + trigger.length))[0];
  const all = numbersIn(text);
  return otherwise === "none" ? undefined : otherwise === "first" ? all[0] : all.at(-1);
}
