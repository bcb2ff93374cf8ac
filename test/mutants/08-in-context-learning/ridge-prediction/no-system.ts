// expect: No system was solved
// Skips X^T X.
export function ridgePrediction(
  xs: readonly (readonly number[])[],
  ys: readonly number[],
  x: readonly number[],
  lambda: number,
): number {
  if (xs.length === 0) return 0;
  const matrix = x.map((_, a) =>
    x.map((_, b) => xs.reduce((sum, row) => sum + row[a] * row[b], a === b ? lambda : 0)),
  );
  const right = x.map((_, a) => xs.reduce((sum, row, i) => sum + row[a] * ys[i], 0));
  return (matrix.length > 0 ? right : []).reduce((sum, weight, a) => sum + weight * x[a], 0);
}
