/**
 * Many patterns, one opinion: which pattern is good cannot be seen from a few labels, so PET trains a model for each and
 * lets all of them label texts without labels (section 3.3, "Combining PVPs"). A plain classifier then learns from these
 * soft labels.
 */
import { meanOf, softmax } from "../numbers";

export interface EnsembleOptions {
  /** How much each pattern counts: its accuracy on the labels before training (the paper's w(p)); all the same without it. */
  readonly weights?: readonly number[];
  /** T of the softmax, 2 in the paper (after Hinton et al. 2015): the larger, the less sure. */
  readonly temperature?: number;
}

/**
 * s(l | x) = 1/Z sum_p w(p) s_p(l | x), equation 5, and its softmax with temperature.
 *
 * @param scores s_p(l | x): scores (logits) of each pattern's model, [patterns][N][K]
 * @returns soft labels, [N][K]
 * @throws RangeError where there are no patterns, not as many weights or texts for each, a negative weight, weights that
 *   sum to 0, or a temperature that is not above 0
 */
export function softLabels(
  scores: readonly (readonly (readonly number[])[])[],
  { weights = scores.map(() => 1), temperature = 2 }: EnsembleOptions = {},
): number[][] {
  if (scores.length === 0) throw new RangeError("softLabels: there are no patterns");
  if (weights.length !== scores.length)
    throw new RangeError(`softLabels: ${weights.length} weights for ${scores.length} patterns`);
  if (weights.some((weight) => !(weight >= 0)))
    throw new RangeError(`softLabels: weights must not be negative, got ${weights.join(", ")}`);
  if (!(temperature > 0)) throw new RangeError(`softLabels: temperature must be above 0, got ${temperature}`);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  if (total === 0) throw new RangeError("softLabels: all weights are 0. Cure: uniform weights");
  const texts = scores[0]!;
  if (scores.some(({ length }) => length !== texts.length))
    throw new RangeError("softLabels: the patterns have judged different numbers of texts");
  return texts.map((first, n) => {
    const mixed = first.map((_, k) => scores.reduce((sum, each, p) => sum + weights[p]! * each[n]![k]!, 0) / total); // prettier-ignore
    return softmax(mixed.map((score) => score / temperature));
  });
}

/** How sure a model is on average: the mean of its largest probabilities. @param probabilities [N][K] */
export const confidence = (probabilities: readonly (readonly number[])[]): number =>
  meanOf(probabilities.map((row) => Math.max(...row)));

/** The label of each row, the first of those that tie. @param probabilities or scores, [N][K] */
export const decided = (probabilities: readonly (readonly number[])[], labels: readonly string[]): string[] =>
  probabilities.map((row) => labels[row.indexOf(Math.max(...row))]!);
