// expect: All gradients have the wrong sign
// Ascent in place of descent.
const dot = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, v, i) => sum + v * b[i], 0);
const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

export function negativeSampling(
  centre: readonly number[],
  context: readonly number[],
  negatives: readonly (readonly number[])[],
): { loss: number; centre: number[]; context: number[]; negatives: number[][] } {
  const surprise = (x: number): number => (x < -30 ? -x : Math.log1p(Math.exp(-x)));
  const scale = (vector: readonly number[], by: number): number[] => vector.map((value) => value * by);
  const miss = 1 - sigmoid(dot(context, centre));
  const misses = negatives.map((n) => -sigmoid(dot(n, centre)));
  return {
    loss: surprise(dot(context, centre)) + negatives.reduce((sum, n) => sum + surprise(-dot(n, centre)), 0),
    centre: centre.map((_, d) => misses.reduce((sum, m, k) => sum + m * negatives[k][d], miss * context[d])),
    context: scale(centre, miss),
    negatives: misses.map((m) => scale(centre, m)),
  };
}
