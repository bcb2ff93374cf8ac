// expect: back-off
// Uses the guess only for what was never seen.
export function kneserNey(counts: readonly (readonly number[])[], discount: number): number[][] {
  const cells = counts.flat().filter((count) => count > 0).length;
  const guess = counts[0].map((_, b) => counts.filter((row) => row[b] > 0).length / cells);
  return counts.map((row) => {
    const total = row.reduce((sum, count) => sum + count, 0);
    const kinds = row.filter((count) => count > 0).length;
    if (total === 0) return [...guess];
    return row.map((count, b) => (count > 0 ? count - discount : discount * kinds * guess[b]) / total);
  });
}
