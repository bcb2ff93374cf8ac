// expect: Rows and columns are exchanged
// Counts what stands before.
export function bigramProbabilities(ids: readonly number[], vocabSize: number, k: number): number[][] {
  const counts = Array.from({ length: vocabSize }, () => new Array<number>(vocabSize).fill(0));
  for (let i = 0; i + 1 < ids.length; i++) counts[ids[i + 1]][ids[i]]++;
  return counts.map((row) => {
    const total = row.reduce((sum, count) => sum + count, 0) + k * vocabSize;
    return row.map((count) => (total === 0 ? 1 / vocabSize : (count + k) / total));
  });
}
