// expect: Negative values were kept: this is PMI
// Not cut at 0.
export function ppmi(counts: readonly (readonly number[])[]): number[][] {
  const sum = (row: readonly number[]): number => row.reduce((a, b) => a + b, 0);
  const rows = counts.map(sum);
  const columns = (counts[0] ?? []).map((_, c) => sum(counts.map((row) => row[c])));
  const total = sum(rows);
  return counts.map((row, w) =>
    row.map((n, c) => (n > 0 ? Math.log((n * total) / (rows[w] * columns[c])) : 0)),
  );
}
