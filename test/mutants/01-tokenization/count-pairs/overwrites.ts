// expect: in place of the old one
// Sets the count instead of adding to it.

interface Word {
  readonly symbols: readonly string[];
  readonly count: number;
}

const pairKey = (left: string, right: string): string => `${left} ${right}`;

export function countPairs(words: readonly Word[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { symbols, count } of words) {
    for (let i = 0; i + 1 < symbols.length; i++) {
      const key = pairKey(symbols[i], symbols[i + 1]);
      counts.set(key, count);
    }
  }
  return counts;
}
