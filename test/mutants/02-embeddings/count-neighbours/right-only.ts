// expect: Only neighbours to the right
// One side.
export function countNeighbours(
  sentences: readonly (readonly string[])[],
  window: number,
): Map<string, number> {
  const counts = new Map<string, number>();
  for (const sentence of sentences)
    sentence.forEach((word, i) => {
      for (let j = i + 1; j <= Math.min(sentence.length - 1, i + window); j++) {
        if (j === i) continue;
        const key = `${word} ${sentence[j]}`;
        counts.set(key, (counts.get(key) ?? 0) + 1);
      }
    });
  return counts;
}
