// expect: It must give a Map, and this is an object
// A plain object in place of the Map.
interface Word {
  readonly symbols: readonly string[];
  readonly count: number;
}

export function countPairs(words: readonly Word[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { symbols, count } of words) {
    for (let i = 0; i + 1 < symbols.length; i++) {
      const key = `${symbols[i]} ${symbols[i + 1]}`;
      counts[key] = (counts[key] ?? 0) + count;
    }
  }
  return counts;
}
