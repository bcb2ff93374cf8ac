// expect: sum of the whole table
// Divides by all pairs.
export function bigramProbabilities(ids: readonly number[], vocabSize: number, k: number): number[][] {
  const counts = Array.from({ length: vocabSize }, () => new Array<number>(vocabSize).fill(0));
  for (let i = 0; i + 1 < ids.length; i++) counts[ids[i]][ids[i + 1]]++;
  return counts.map((row) => {
    const total = ids.length - 1 + k * vocabSize * vocabSize;
    return row.map((count) => (total === 0 ? 1 / vocabSize : (count + k) / total));
  });
}
