/**
 * Prompts chosen without labels: of several templates, or sets of demonstrations, the best is likely the one by which the
 * model's answer depends most on the input. Sorensen et al. 2022, "An Information-theoretic Approach to Prompt Engineering
 * Without Ground Truth Labels".
 */
import { entropy } from "../../generate";
import { expectDistributions, meanDistribution } from "./distributions";
import type { Distributions } from "./distributions";

/**
 * I(X; Y) = H(Y) - H(Y | X), in nats: the entropy of the mean distribution less the mean entropy. High where
 * the model is sure of each input and not of the same label for all; from 0 (the input does not matter) to ln L.
 *
 * @param distributions [N][L], what the model says of each of N inputs
 * @throws RangeError that names a row that is no distribution
 */
export function mutualInformation(distributions: Distributions): number {
  expectDistributions("mutualInformation", distributions);
  const conditional = distributions.reduce((sum, p) => sum + entropy(p), 0) / distributions.length;
  return Math.max(0, entropy(meanDistribution(distributions)) - conditional); // rounding may go below 0
}

export interface Informative<C> {
  readonly candidate: C;
  readonly mutualInformation: number;
}

/**
 * Candidates by mutual information, best first; of equal ones, the earlier first.
 *
 * @param candidates templates, sets of demonstrations or both: anything that makes a prompt
 * @param evaluate what the model says of some hundred unlabelled inputs under a candidate, [N][L]; called one after the
 *   other, so that it may share a cache
 * @throws RangeError where there are no candidates, or one gives no distributions
 */
export async function rankByMutualInformation<C>(
  candidates: readonly C[],
  evaluate: (candidate: C) => Promise<Distributions> | Distributions,
): Promise<Informative<C>[]> {
  if (candidates.length === 0)
    throw new RangeError(
      "rankByMutualInformation: there are no candidates. Cure: give templates or demonstrations",
    );
  const ranked: Informative<C>[] = [];
  for (const candidate of candidates)
    ranked.push({ candidate, mutualInformation: mutualInformation(await evaluate(candidate)) });
  return ranked.sort((a, b) => b.mutualInformation - a.mutualInformation);
}
