// expect: To the right the window ends one place too early
// A slice whose end is not included.
export function countNeighbours(
  sentences: readonly (readonly string[])[],
  window: number,
): Map<string, number> {
  const counts = new Map<string, number>();
  for (const sentence of sentences)
    sentence.forEach((word, i) => {
      for (let j = Math.max(0, i - window); j <= Math.min(sentence.length - 1, i + window - 1); j++) {
        if (j === i) continue;
        const key = `${word} ${sentence[j]}`;
        counts.set(key, (counts.get(key) ?? 0) + 1);
      }
    });
  return counts;
}
