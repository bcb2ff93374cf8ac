// expect: No system was solved
// Skips X^T X.
function solve(matrix: readonly (readonly number[])[], right: readonly number[]): number[] {
  const rows = matrix.map((row, i) => [...row, right[i]]);
  const size = rows.length;
  for (let column = 0; column < size; column++) {
    let best = column;
    for (let r = column; r < size; r++)
      if (Math.abs(rows[r][column]) > Math.abs(rows[best][column])) best = r;
    [rows[column], rows[best]] = [rows[best], rows[column]];
    for (let r = 0; r < size; r++) {
      if (r === column) continue;
      const factor = rows[r][column] / rows[column][column];
      for (let c = column; c <= size; c++) rows[r][c] -= factor * rows[column][c];
    }
  }
  return rows.map((row, i) => row[size] / row[i]);
}

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
