import type { Learner } from "../learner";
import type { Toolkit } from "../toolkit";
import { drawn, sum } from "./numbers";

const ROUNDS = 1000;
/** Two drafted tokens, three ids. The two models disagree, in each place about another token. */
const p = [[0.1, 0.3, 0.6], [0.45, 0.45, 0.1], [0.2, 0.7, 0.1]]; // prettier-ignore
const q = [[0.5, 0.3, 0.2], [0.2, 0.1, 0.7]]; // prettier-ignore
/** A right answer's chi-square with 2 degrees of freedom is above this once in 100,000 runs: exp(-23 / 2). */
const LIMIT = 23;

const chiSquare = (counts: readonly number[], wanted: readonly number[]): number =>
  sum(counts.map((count, id) => (count - wanted[id]!) ** 2 / wanted[id]!));

/**
 * Drafts are drawn from q, and tested by the learner's function, many times. The first token of a round must be
 * distributed as p[0]; where a round gave more, the second as p[1] and the third as p[2].
 */
export async function exactDistribution(learner: Learner, t: Toolkit): Promise<void> {
  const counts = p.map((row) => row.map(() => 0));
  for (let round = 0; round < ROUNDS; round++) {
    const drafted = q.map((row) => drawn(row, t.random.next()));
    const uniforms = p.map(() => t.random.next());
    const { value } = await learner.run([p, q, drafted, uniforms]);
    if (!Array.isArray(value) || value.length === 0 || value.length > p.length)
      t.fail(
        `A round must give a list of 1 to ${p.length} tokens; this one gave ${String(value) || "none"}.`,
      );
    (value as unknown[]).forEach((token, place) => {
      if (typeof token !== "number" || counts[place]![token] === undefined)
        t.fail(`Tokens are 0, 1 or 2 here; a round gave ${String(token)}.`);
      counts[place]![token as number]!++;
    });
  }
  for (const [place, row] of counts.entries()) {
    const total = sum(row);
    const wanted = p[place]!.map((share) => share * total);
    const distance = total === 0 ? Infinity : chiSquare(row, wanted);
    if (distance <= LIMIT) continue;
    const list = (values: readonly number[]): string => values.map((value) => value.toFixed(0)).join(", ");
    const known = place < q.length ? likely(row, place) : "";
    t.fail(
      `In ${ROUNDS} rounds, token ${place + 1} of a round was 0, 1, 2 so often: ${list(row)}. By p[${place}] it should be about ` +
        `${list(wanted)}: chi-square ${distance.toFixed(0)}, and a right answer stays below ${LIMIT}. ${known}`.trimEnd(),
    );
  }
}

/** The mistake whose distribution the counts fit, if one does. */
function likely(counts: readonly number[], place: number): string {
  const [target, draft] = [p[place]!, q[place]!];
  const accepted = target.map((share, id) => Math.min(share, draft[id]!));
  const refused = 1 - sum(accepted);
  const mistakes = [
    { message: "These are the shares of q: drafted tokens were not tested.", shares: draft },
    {
      message: "This is what comes when a replacement is drawn from p, and not from the residual.",
      shares: accepted.map((share, id) => share + refused * target[id]!),
    },
    {
      message: "This is what comes when a replacement is drawn from q.",
      shares: accepted.map((share, id) => share + refused * draft[id]!),
    },
  ];
  const total = sum(counts);
  return mistakes.find(({ shares }) => chiSquare(counts, shares.map((share) => share * total)) <= LIMIT)?.message ?? ""; // prettier-ignore
}
