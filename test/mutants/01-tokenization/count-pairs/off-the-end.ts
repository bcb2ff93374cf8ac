// expect: o w.*w undefined
// Goes one place too far.
interface Word {
  readonly symbols: readonly string[];
  readonly count: number;
}

export function countPairs(words: readonly Word[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { symbols, count } of words) {
    for (let i = 0; i < symbols.length; i++) {
      const key = `${symbols[i]} ${symbols[i + 1]}`;
      counts.set(key, (counts.get(key) ?? 0) + count);
    }
  }
  return counts;
}
