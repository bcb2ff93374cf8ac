/** Arithmetic on plain numbers that several methods of prompting share. */

export const meanOf = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** exp(s_i) / sum_j exp(s_j), the largest taken off first so that nothing overflows; one of the scores is finite. */
export function softmax(scores: readonly number[]): number[] {
  const most = Math.max(...scores);
  const weights = scores.map((score) => Math.exp(score - most));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
}

/** [N][D] to [D]; N is at least 1. */
export function meanVector(vectors: readonly ArrayLike<number>[]): number[] {
  return Array.from(vectors[0]!, (_, d) => vectors.reduce((sum, each) => sum + each[d]!, 0) / vectors.length);
}

/** a · b, of vectors of one length. */
export function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

/** |a - b|², of vectors of one length. */
export function squaredDistance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i]! - b[i]!) ** 2;
  return sum;
}
