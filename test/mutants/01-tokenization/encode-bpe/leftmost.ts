// expect: The leftmost pair was merged first
// Takes the first pair it meets.

type Merge = readonly [string, string];

function merge(symbols: readonly string[], left: string, right: string): string[] {
  const out: string[] = [];
  for (let i = 0; i < symbols.length; i++) {
    if (symbols[i] === left && symbols[i + 1] === right) {
      out.push(left + right);
      i++;
    } else out.push(symbols[i]);
  }
  return out;
}

export function encodeBpe(word: string, merges: readonly Merge[]): string[] {
  const known = new Set(merges.map(([left, right]) => `${left} ${right}`));
  let symbols = [...word];
  for (;;) {
    const i = symbols.findIndex((symbol, k) => known.has(`${symbol} ${symbols[k + 1]}`));
    if (i < 0) return symbols;
    symbols = merge(symbols, symbols[i], symbols[i + 1]);
  }
}
