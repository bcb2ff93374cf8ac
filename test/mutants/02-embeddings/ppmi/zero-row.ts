// expect: Math.max\(0, NaN\) is NaN
// Cuts at 0 and forgets 0 / 0.
export function ppmi(counts: readonly (readonly number[])[]): number[][] {
  const sum = (row: readonly number[]): number => row.reduce((a, b) => a + b, 0);
  const rows = counts.map(sum);
  const columns = (counts[0] ?? []).map((_, c) => sum(counts.map((row) => row[c])));
  const total = sum(rows);
  return counts.map((row, w) =>
    row.map((n, c) => Math.max(0, Math.log((n * total) / (rows[w] * columns[c])))),
  );
}
