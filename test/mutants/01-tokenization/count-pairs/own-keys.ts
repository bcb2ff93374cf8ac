// expect: the keys are not made by pairKey
// Joins the symbols without a space, so that "a bc" and "ab c" are one key.

interface Word {
  readonly symbols: readonly string[];
  readonly count: number;
}

export function countPairs(words: readonly Word[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { symbols, count } of words) {
    for (let i = 0; i + 1 < symbols.length; i++) {
      const key = symbols[i] + symbols[i + 1];
      counts.set(key, (counts.get(key) ?? 0) + count);
    }
  }
  return counts;
}
