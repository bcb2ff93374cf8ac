import { shares, sum } from "../07-generation/numbers";
import type { Random } from "../random";

export { shares, sum };

export const mean = (values: readonly number[]): number => sum(values) / values.length;
export const dot = (a: readonly number[], b: readonly number[]): number =>
  sum(a.map((each, i) => each * b[i]!));

/** Numbers with one digit after the point, from -size to size, so that a learner can read them. */
export const randomNumbers = (random: Random, count: number, size = 3): number[] =>
  Array.from({ length: count }, () => Math.round((2 * random.next() - 1) * size * 10) / 10);

/** Probabilities in hundredths, none of them 0. */
export function randomShares(random: Random, count: number): number[] {
  const parts = Array.from({ length: count }, () => random.int(1, 9));
  return shares(parts).map((share) => Math.round(share * 100) / 100);
}
