// expect: Every count is doubled
// Both sides count both ways.
export function countNeighbours(
  sentences: readonly (readonly string[])[],
  window: number,
): Map<string, number> {
  const counts = new Map<string, number>();
  for (const sentence of sentences)
    sentence.forEach((word, i) => {
      for (let j = Math.max(0, i - window); j <= Math.min(sentence.length - 1, i + window); j++) {
        if (j === i) continue;
        for (const key of [`${word} ${sentence[j]}`, `${sentence[j]} ${word}`])
          counts.set(key, (counts.get(key) ?? 0) + 1);
      }
    });
  return counts;
}
