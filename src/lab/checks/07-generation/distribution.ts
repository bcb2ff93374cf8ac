import { brief, same } from "../compare";
import type { Learner } from "../learner";
import type { Toolkit } from "../toolkit";
import { drawn, sum } from "./numbers";

const ROUNDS = 1000;
/** Two models of three tokens that look back one token: row a says what comes after a. They disagree in each row. */
const large = [[0.3, 0.3, 0.4], [0.1, 0.1, 0.8], [0.7, 0.2, 0.1]]; // prettier-ignore
const small = [[0.8, 0.1, 0.1], [0.4, 0.3, 0.3], [0.2, 0.6, 0.2]]; // prettier-ignore
/** A right answer's chi-square with 2 degrees of freedom is above this once in 100,000 runs: exp(-23 / 2). */
const LIMIT = 23;

const chiSquare = (counts: readonly number[], shares: readonly number[]): number => {
  const wanted = shares.map((share) => share * sum(counts));
  return sum(counts.map((count, id) => (count - wanted[id]!) ** 2 / wanted[id]!));
};

/**
 * The text is "0". The small model drafts two tokens, the learner's function tests them, many times. The first token of
 * a round must be distributed as the large model wants it after 0; and any token after it, as after the one before.
 */
export async function exactDistribution(learner: Learner, t: Toolkit): Promise<void> {
  const firsts = [0, 0, 0];
  const after = large.map((row) => row.map(() => 0));
  let unfinished = "";
  for (let round = 0; round < ROUNDS; round++) {
    const first = drawn(small[0]!, t.random.next());
    const drafted = [first, drawn(small[first]!, t.random.next())];
    const p = [0, ...drafted].map((token) => large[token]!);
    const q = [0, first].map((token) => small[token]!);
    const uniforms = p.map(() => t.random.next());
    const { value } = await learner.run([p, q, drafted, uniforms]);
    const tokens = tokensOf(value, drafted, t);
    if (same(tokens, drafted.slice(0, tokens.length)))
      unfinished = `For the draft ${brief(drafted)} a round was ${brief(tokens)}, which ends as the draft does.`;
    firsts[tokens[0]!]!++;
    for (const [i, token] of tokens.slice(1).entries()) after[tokens[i]!]![token]!++;
  }
  judge(t, "the first token of a round", firsts, 0, true);
  for (const [token, counts] of after.entries())
    judge(t, `what came after token ${token}`, counts, token, false);
  if (unfinished !== "")
    t.fail(
      `${unfinished} A round ends with a token of the large model's, and never with a refused one.`,
      "A round ended with a refused token.",
    );
}

/** The round's tokens, where it may be one at all. */
function tokensOf(value: unknown, drafted: readonly number[], t: Toolkit): number[] {
  const form = `For the draft [${drafted.join(", ")}] of three tokens 0, 1, 2 a round was ${brief(value)}:`;
  if (!Array.isArray(value) || value.length === 0 || value.length > drafted.length + 1)
    return t.fail(`${form} it must be a list of 1 to ${drafted.length + 1} tokens.`);
  const tokens = value as unknown[];
  if (!tokens.every((token): token is number => token === 0 || token === 1 || token === 2))
    return t.fail(`${form} it must hold tokens, which are 0, 1 or 2.`);
  return tokens;
}

/** Counts must be as the large model wants them after `last`; `tested`: all of these tokens went through the test. */
function judge(t: Toolkit, what: string, counts: readonly number[], last: number, tested: boolean): void {
  if (sum(counts) === 0)
    t.fail(`In ${ROUNDS} rounds nothing ever came after token ${last}: rounds are too short.`);
  const shares = large[last]!;
  const distance = chiSquare(counts, shares);
  if (distance <= LIMIT) return;
  const wanted = shares.map((share) => (share * sum(counts)).toFixed(0));
  const why = tested ? (likely(counts, last) ?? "") : "";
  t.fail(
    `In ${ROUNDS} rounds, ${what} was 0, 1, 2 so often: ${counts.join(", ")}. The large model wants about ` +
      `${wanted.join(", ")}: chi-square ${distance.toFixed(0)}, and a right answer stays below ${LIMIT}. ${why}`.trimEnd(),
    why === "" ? "The tokens are not distributed as the large model wants them." : why,
  );
}

/** The mistake whose distribution the counts fit, if one does. */
function likely(counts: readonly number[], last: number): string | undefined {
  const [p, q] = [large[last]!, small[last]!];
  const accepted = p.map((share, id) => Math.min(share, q[id]!));
  const refused = 1 - sum(accepted);
  const replacedFrom = (row: readonly number[]): number[] =>
    accepted.map((share, id) => share + refused * row[id]!);
  const mistakes = [
    { message: "These are the shares of q: what the draft proposes too often was not refused.", shares: q },
    {
      message: "This is what comes when a replacement is drawn from p, and not from the residual.",
      shares: replacedFrom(p),
    },
    { message: "This is what comes when a replacement is drawn from q.", shares: replacedFrom(q) },
  ];
  return mistakes.find(({ shares }) => chiSquare(counts, shares) <= LIMIT)?.message;
}
