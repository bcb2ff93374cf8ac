// expect: row's sum was used for the column
// The symmetric case taken for granted.
export function ppmi(counts: readonly (readonly number[])[]): number[][] {
  const sum = (row: readonly number[]): number => row.reduce((a, b) => a + b, 0);
  const rows = counts.map(sum);
  const total = sum(rows);
  return counts.map((row, w) =>
    row.map((n, c) => (n > 0 ? Math.max(0, Math.log((n * total) / (rows[w] * rows[w]))) : 0)),
  );
}
