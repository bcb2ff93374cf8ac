// expect: Negative values were kept, and log|Negative values were kept
// The logarithm of 0.
export function ppmi(counts: readonly (readonly number[])[]): number[][] {
  const sum = (row: readonly number[]): number => row.reduce((a, b) => a + b, 0);
  const rows = counts.map(sum);
  const columns = (counts[0] ?? []).map((_, c) => sum(counts.map((row) => row[c])));
  const total = sum(rows);
  return counts.map((row, w) => row.map((n, c) => Math.log((n * total) / (rows[w] * columns[c]))));
}
