// expect: Only one pair was merged
// Stops after the first merge.
type Merge = readonly [string, string];

function mergeAt(symbols: readonly string[], i: number): string[] {
  return [...symbols.slice(0, i), symbols[i] + symbols[i + 1], ...symbols.slice(i + 2)];
}

export function encodeBpe(word: string, merges: readonly Merge[]): string[] {
  const rank = new Map(merges.map(([left, right], i) => [`${left} ${right}`, i]));
  const at = (symbols: readonly string[], i: number) =>
    rank.get(`${symbols[i]} ${symbols[i + 1]}`) ?? Infinity;
  const symbols = [...word];
  let best = 0;
  for (let i = 1; i + 1 < symbols.length; i++) if (at(symbols, i) < at(symbols, best)) best = i;
  return at(symbols, best) < Infinity ? mergeAt(symbols, best) : symbols;
}
