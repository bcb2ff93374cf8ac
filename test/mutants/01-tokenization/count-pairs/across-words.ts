// expect: across the end of a word
// Joins all words before counting.

interface Word {
  readonly symbols: readonly string[];
  readonly count: number;
}

export function countPairs(words: readonly Word[]): Map<string, number> {
  const counts = new Map<string, number>();
  let before: string | undefined;
  for (const { symbols, count } of words)
    for (const symbol of symbols) {
      if (before !== undefined)
        counts.set(`${before} ${symbol}`, (counts.get(`${before} ${symbol}`) ?? 0) + count);
      before = symbol;
    }
  return counts;
}
