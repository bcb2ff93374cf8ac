// expect: All rows are the same
// Puts one row at every place.
export function bigramProbabilities(ids: readonly number[], vocabSize: number, k: number): number[][] {
  const counts = new Array<number[]>(vocabSize).fill(new Array<number>(vocabSize).fill(0));
  for (let i = 0; i + 1 < ids.length; i++) counts[ids[i]][ids[i + 1]]++;
  return counts.map((row) => {
    const total = row.reduce((sum, count) => sum + count, 0) + k * vocabSize;
    return row.map((count) => (total === 0 ? 1 / vocabSize : (count + k) / total));
  });
}
