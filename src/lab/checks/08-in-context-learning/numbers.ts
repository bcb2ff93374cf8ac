import type { Random } from "../random";

export const sum = (values: readonly number[]): number => values.reduce((total, each) => total + each, 0);
export const mean = (values: readonly number[]): number => sum(values) / values.length;
export const dot = (a: readonly number[], b: readonly number[]): number =>
  sum(a.map((each, i) => each * b[i]!));

/** Divided by their sum. */
export const shares = (values: readonly number[]): number[] => values.map((each) => each / sum(values));

/** Numbers with one digit after the point, from -size to size, so that a learner can read them. */
export const randomNumbers = (random: Random, count: number, size = 3): number[] =>
  Array.from({ length: count }, () => Math.round((2 * random.next() - 1) * size * 10) / 10);

/** Probabilities in hundredths, none of them 0. */
export function randomShares(random: Random, count: number): number[] {
  const parts = Array.from({ length: count }, () => random.int(1, 9));
  return shares(parts).map((share) => Math.round(share * 100) / 100);
}
