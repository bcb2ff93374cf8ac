// expect: how often a is FOLLOWED
// Divides by how often the token occurs.
export function bigramProbabilities(ids: readonly number[], vocabSize: number, k: number): number[][] {
  const counts = Array.from({ length: vocabSize }, () => new Array<number>(vocabSize).fill(0));
  for (let i = 0; i + 1 < ids.length; i++) counts[ids[i]][ids[i + 1]]++;
  return counts.map((row, a) => {
    const total = ids.filter((id) => id === a).length + k * vocabSize;
    return row.map((count) => (total === 0 ? 1 / vocabSize : (count + k) / total));
  });
}
