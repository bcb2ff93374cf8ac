// expect: cut into UTF-16 units
// Begins with UTF-16 units.

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
  let symbols = word.split("");
  for (const [left, right] of merges) symbols = merge(symbols, left, right);
  return symbols;
}
