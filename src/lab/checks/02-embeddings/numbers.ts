import type { Random } from "../random";

/** As in labs/02-embeddings.ts. */
export type Vector = readonly number[];

export const dot = (a: Vector, b: Vector): number => a.reduce((sum, value, i) => sum + value * b[i], 0);
export const length = (a: Vector): number => Math.sqrt(dot(a, a));
export const scaled = (a: Vector, by: number): number[] => a.map((value) => value * by);
export const unit = (a: Vector): number[] => scaled(a, 1 / (length(a) || 1));
export const plus = (a: Vector, b: Vector, times = 1): number[] => a.map((value, i) => value + times * b[i]);
export const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

/** Numbers from -size to size with two digits, so that a learner can read them; never all zeros. */
export function randomVector(random: Random, width: number, size = 3): number[] {
  const out = Array.from({ length: width }, () => Math.round((2 * random.next() - 1) * size * 100) / 100);
  return out.every((value) => value === 0) ? out.map(() => 1) : out;
}
