// expect: divided by the number of rows
// The guesses do not add up to 1.
export function kneserNey(counts: readonly (readonly number[])[], discount: number): number[][] {
  const cells = counts.length;
  const guess = counts[0].map((_, b) => counts.filter((row) => row[b] > 0).length / cells);
  return counts.map((row) => {
    const total = row.reduce((sum, count) => sum + count, 0);
    const kinds = row.filter((count) => count > 0).length;
    if (total === 0) return [...guess];
    return row.map((count, b) => (Math.max(count - discount, 0) + discount * kinds * guess[b]) / total);
  });
}
