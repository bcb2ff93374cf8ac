// expect: A row without counts|row without counts must hold|NaN
// Divides 0 by 0.
export function bigramProbabilities(ids: readonly number[], vocabSize: number, k: number): number[][] {
  const counts = Array.from({ length: vocabSize }, () => new Array<number>(vocabSize).fill(0));
  for (let i = 0; i + 1 < ids.length; i++) counts[ids[i]][ids[i + 1]]++;
  return counts.map((row) => {
    const total = row.reduce((sum, count) => sum + count, 0) + k * vocabSize;
    return row.map((count) => (count + k) / total);
  });
}
