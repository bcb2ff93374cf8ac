// expect: changed its input
// Takes the symbols out of the words while it counts.

interface Word {
  readonly symbols: readonly string[];
  readonly count: number;
}

export function countPairs(words: readonly Word[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { symbols, count } of words) {
    const rest = symbols as string[];
    while (rest.length > 1) {
      const key = `${rest[0]} ${rest[1]}`;
      counts.set(key, (counts.get(key) ?? 0) + count);
      rest.shift();
    }
  }
  return counts;
}
