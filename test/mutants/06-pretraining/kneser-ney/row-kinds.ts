// expect: Count in b's COLUMN
// Counts what follows b.
export function kneserNey(counts: readonly (readonly number[])[], discount: number): number[][] {
  const cells = counts.flat().filter((count) => count > 0).length;
  const guess = counts[0].map((_, b) => counts[b].filter((count) => count > 0).length / cells);
  return counts.map((row) => {
    const total = row.reduce((sum, count) => sum + count, 0);
    const kinds = row.filter((count) => count > 0).length;
    if (total === 0) return [...guess];
    return row.map((count, b) => (Math.max(count - discount, 0) + discount * kinds * guess[b]) / total);
  });
}
