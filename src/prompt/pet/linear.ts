/**
 * The smallest fine-tuning that there is: scores are W h + b of a state h that stays as it is. What tells PET from a new
 * head is what W begins with, and nothing else: rows of label words, or random numbers. With fewer labels than numbers in h
 * that is never forgotten: gradients are sums of the labelled states, so W keeps what it began with in all other
 * directions.
 */
import { dot, meanVector, softmax } from "../numbers";

/** Scores of the labels: weight [K][C] and bias [K]. */
export interface LinearScores {
  readonly weight: readonly (readonly number[])[];
  readonly bias: readonly number[];
}

export interface LinearTraining {
  readonly steps: number;
  /** Of a step on the mean loss, for states of length 1: it is divided by the mean of their squared lengths. */
  readonly learningRate: number;
}

type Vector = ArrayLike<number>;

/** W h + b of each state, [N][K]. */
export const linearScores = ({ weight, bias }: LinearScores, states: readonly Vector[]): number[][] =>
  states.map((state) => weight.map((row, k) => dot(row, state) + bias[k]!));

/**
 * Gradient descent on the cross-entropy of all labelled states at once. The mean of the labelled states is taken off before a
 * step is measured (what all of them share says nothing of labels, and is most of their length); the scores that training
 * begins with do not change by that.
 *
 * @param start is left as it is
 * @param targets what is right for each state, [N][K]
 * @throws RangeError where there are no states, or not as many targets
 */
export function trainLinear(
  start: LinearScores,
  states: readonly Vector[],
  targets: readonly (readonly number[])[],
  { steps, learningRate }: LinearTraining,
): LinearScores {
  if (states.length === 0 || states.length !== targets.length)
    throw new RangeError(`trainLinear: ${states.length} states, but targets for ${targets.length}`);
  const centre = meanVector(states);
  const x = states.map((state) => centre.map((c, i) => state[i]! - c));
  const size = x.reduce((sum, each) => sum + dot(each, each), 0) / x.length;
  const rate = learningRate / (size || 1) / x.length;
  const weight = start.weight.map((row) => [...row]);
  const bias = start.bias.map((each, k) => each + dot(start.weight[k]!, centre)); // of the centred states
  for (let step = 0; step < steps; step++) {
    const off = linearScores({ weight, bias }, x).map((row, n) =>
      softmax(row).map((p, k) => p - targets[n]![k]!),
    ); // [N][K]
    weight.forEach((row, k) => {
      // A bias is the row of a constant, which is as long as a whole state: a tenth of the rate keeps it from swinging.
      bias[k]! -= (0.1 * learningRate * off.reduce((sum, each) => sum + each[k]!, 0)) / x.length;
      for (const [n, each] of off.entries())
        for (let c = 0; c < row.length; c++) row[c]! -= rate * each[k]! * x[n]![c]!;
    });
  }
  return { weight, bias: bias.map((each, k) => each - dot(weight[k]!, centre)) };
}
