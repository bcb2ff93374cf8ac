import { randomScores, shares, sum } from "../07-generation/numbers";
import type { Random } from "../random";

export { randomScores, shares, sum };

/** Float32 will do. */
export const tolerance = 1e-6;

/** 0 for nothing. */
export const mean = (values: readonly number[]): number =>
  values.length === 0 ? 0 : sum(values) / values.length;

export function softmax(scores: readonly number[], temperature = 1): number[] {
  const top = Math.max(...scores);
  return shares(scores.map((score) => Math.exp((score - top) / temperature)));
}

export function logSumExp(scores: readonly number[]): number {
  const top = Math.max(...scores);
  return top + Math.log(sum(scores.map((score) => Math.exp(score - top))));
}

/** The exp that overflows: log-sum-exp without taking the largest away. */
export const plainLogSumExp = (scores: readonly number[]): number =>
  Math.log(sum(scores.map((score) => Math.exp(score))));

/** The lowest place of the largest value. */
export const argMax = (values: readonly number[]): number => values.indexOf(Math.max(...values));

/** Log-probabilities of label words, -9 to 0, with two digits. */
export const randomLogProbs = (random: Random, count: number): number[] =>
  randomScores(random, count, 4.4).map((score) => Math.round(100 * (score - 4.6)) / 100);

/** One of 0 ... labels - 1 for each of `count`; with two or more of both, at least two different ones. */
export function randomLabels(random: Random, count: number, labels: number): number[] {
  const drawn = Array.from({ length: count }, () => random.int(0, labels - 1));
  if (drawn.every((label) => label === drawn[0])) drawn[0] = (drawn[0]! + 1) % labels;
  return drawn;
}
