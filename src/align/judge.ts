/** A reward model at work: many texts, one compiled program. */
import { jit } from "../engine";
import type { tf } from "../engine";
import { intsTensor } from "../data";
import type { Policy } from "./policy";
import { rewards } from "./reward";
import type { ComparedAnswers, RewardParams } from "./reward";
import { inBatches } from "./rows";
import type { Written } from "./rows";

export interface RewardJudge<P> {
  /** r(x, y) of each text. @throws RangeError naming a text that is empty or too long */
  judge(params: RewardParams<P>, texts: readonly Written[]): Promise<number[]>;
  /** Frees the program. */
  dispose(): void;
}

/**
 * @param length most tokens of a text
 * @param batch texts at a time
 * @param read what the policy reads, from ids [B, T]: see `Policy`
 */
export function rewardJudge<P>(
  policy: Pick<Policy<P>, "states">,
  { length, batch, read }: { readonly length: number; readonly batch: number; readonly read?: (ids: tf.Tensor) => tf.Tensor }, // prettier-ignore
): RewardJudge<P> {
  const program = jit(
    (params: RewardParams<P>, input: tf.Tensor, last: tf.Tensor) => rewards(policy, params, input, last),
    { name: "reward" },
  );
  return {
    judge: (params, texts) =>
      inBatches(texts, { length, batch }, ({ ids, last }) => {
        const all = intsTensor(ids);
        return program(params, read ? read(all) : all, intsTensor(last));
      }),
    dispose: () => program.dispose(),
  };
}

/** Of each entry the scores of its answers: what accuracy and calibration are made of. */
export async function comparedScores<P>(
  { judge }: RewardJudge<P>,
  params: RewardParams<P>,
  compared: readonly ComparedAnswers[],
): Promise<number[][]> {
  const flat = await judge(params, compared.flatMap(({ prompt, answers }) => answers.map((answer) => ({ prompt, answer })))); // prettier-ignore
  let at = 0;
  return compared.map(({ answers }) => flat.slice(at, (at += answers.length)));
}

/** Pairs of answers by the places of winner and loser, as in `ComparedAnswers`. */
type Judged = Pick<ComparedAnswers, "comparisons">;

/**
 * How many pairs a reward puts in the right order; a draw counts half.
 * @param scores of each entry's answers, in their order
 */
export function pairAccuracy(
  compared: readonly Judged[],
  scores: readonly (readonly number[])[],
): { readonly right: number; readonly pairs: number } {
  const leads = leadsOf(compared, scores);
  const right = leads.reduce((sum, lead) => sum + (lead > 0 ? 1 : lead === 0 ? 0.5 : 0), 0);
  return { right, pairs: leads.length };
}

/** One bin of a calibration curve. */
export interface CalibrationBin {
  /** Mean chance of the bin's pairs, as the reward has it. */
  readonly predicted: number;
  /** Share of its pairs in which the answer that the reward puts first was preferred. */
  readonly observed: number;
  readonly pairs: number;
}

/**
 * Is a lead of the reward worth what it says? By Bradley and Terry sigmoid(r_a - r_b) is the chance that a is
 * preferred. Each pair counts once, by the answer that the reward puts first, so chances are 0.5 to 1; they are put into
 * bins of one width, and empty bins are left out.
 */
export function rewardCalibration(
  compared: readonly Judged[],
  scores: readonly (readonly number[])[],
  bins = 5,
): CalibrationBin[] {
  const sums = Array.from({ length: bins }, () => ({ predicted: 0, observed: 0, pairs: 0 }));
  for (const lead of leadsOf(compared, scores)) {
    const chance = 1 / (1 + Math.exp(-Math.abs(lead)));
    const bin = sums[Math.min(bins - 1, Math.floor((chance - 0.5) * 2 * bins))]!;
    bin.predicted += chance;
    bin.observed += lead > 0 ? 1 : lead === 0 ? 0.5 : 0;
    bin.pairs++;
  }
  return sums
    .filter(({ pairs }) => pairs > 0)
    .map(({ predicted, observed, pairs }) => ({ predicted: predicted / pairs, observed: observed / pairs, pairs })); // prettier-ignore
}

/** Of each comparison the winner's score less the loser's. */
const leadsOf = (compared: readonly Judged[], scores: readonly (readonly number[])[]): number[] =>
  compared.flatMap(({ comparisons }, n) =>
    comparisons.map(([winner, loser]) => scores[n]![winner]! - scores[n]![loser]!),
  );
