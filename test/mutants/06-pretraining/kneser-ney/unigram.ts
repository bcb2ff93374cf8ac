// expect: share of all counts
// The second guess is how often b occurs.
export function kneserNey(counts: readonly (readonly number[])[], discount: number): number[][] {
  const cells = counts.flat().reduce((sum, count) => sum + count, 0);
  const guess = counts[0].map((_, b) => counts.reduce((sum, row) => sum + row[b], 0) / cells);
  return counts.map((row) => {
    const total = row.reduce((sum, count) => sum + count, 0);
    const kinds = row.filter((count) => count > 0).length;
    if (total === 0) return [...guess];
    return row.map((count, b) => (Math.max(count - discount, 0) + discount * kinds * guess[b]) / total);
  });
}
