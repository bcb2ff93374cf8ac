// expect: (took|did not end).*merge all places of the chosen pair
// One merge at a time, each after a look at the whole word.
type Merge = readonly [string, string];

function mergeAt(symbols: readonly string[], i: number): string[] {
  return [...symbols.slice(0, i), symbols[i] + symbols[i + 1], ...symbols.slice(i + 2)];
}

export function encodeBpe(word: string, merges: readonly Merge[]): string[] {
  const rank = new Map(merges.map(([left, right], i) => [`${left} ${right}`, i]));
  const at = (symbols: readonly string[], i: number) =>
    rank.get(`${symbols[i]} ${symbols[i + 1]}`) ?? Infinity;
  let symbols = [...word];
  for (;;) {
    let best = 0;
    for (let i = 1; i + 1 < symbols.length; i++) if (at(symbols, i) < at(symbols, best)) best = i;
    if (!(at(symbols, best) < Infinity)) return symbols;
    symbols = mergeAt(symbols, best);
  }
}
