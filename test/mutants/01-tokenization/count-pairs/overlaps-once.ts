// expect: Overlapping pairs were counted once
// Steps over a pair after counting it.

interface Word {
  readonly symbols: readonly string[];
  readonly count: number;
}

export function countPairs(words: readonly Word[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { symbols, count } of words)
    for (let i = 0; i + 1 < symbols.length; i++) {
      const key = `${symbols[i]} ${symbols[i + 1]}`;
      counts.set(key, (counts.get(key) ?? 0) + count);
      if (symbols[i] === symbols[i + 1] && symbols[i + 1] === symbols[i + 2]) i++;
    }
  return counts;
}
