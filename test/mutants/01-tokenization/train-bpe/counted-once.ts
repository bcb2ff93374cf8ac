// expect: Pairs were counted once, at the start
// Ranks the pairs once and takes the first of them.

interface Word {
  readonly symbols: readonly string[];
  readonly count: number;
}

export function trainBpe(words: readonly Word[], merges: number): [string, string][] {
  const counts = new Map<string, number>();
  for (const { symbols, count } of words)
    for (let i = 0; i + 1 < symbols.length; i++) {
      const key = `${symbols[i]} ${symbols[i + 1]}`;
      counts.set(key, (counts.get(key) ?? 0) + count);
    }
  return [...counts]
    .sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
    .slice(0, merges)
    .map(([key]) => key.split(" ") as [string, string]);
}
