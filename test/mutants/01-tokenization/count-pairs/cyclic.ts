// expect: contains itself
// A Map that holds itself.
interface Word {
  readonly symbols: readonly string[];
  readonly count: number;
}

export function countPairs(words: readonly Word[]): Map<string, unknown> {
  const counts = new Map<string, unknown>();
  for (const { symbols } of words) counts.set(symbols.join(" "), counts);
  return counts;
}
