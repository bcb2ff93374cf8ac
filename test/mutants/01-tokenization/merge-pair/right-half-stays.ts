// expect: The right half is still there
// Does not step over the second symbol.

export function mergePair(symbols: readonly string[], left: string, right: string): string[] {
  return symbols.map((symbol, i) => (symbol === left && symbols[i + 1] === right ? left + right : symbol));
}
