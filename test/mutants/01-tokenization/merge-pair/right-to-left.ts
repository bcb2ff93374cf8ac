// expect: from right to left
// Merges from the end.

export function mergePair(symbols: readonly string[], left: string, right: string): string[] {
  const merged: string[] = [];
  for (let i = symbols.length - 1; i >= 0; i--) {
    if (i > 0 && symbols[i - 1] === left && symbols[i] === right) {
      merged.unshift(left + right);
      i--;
    } else merged.unshift(symbols[i]);
  }
  return merged;
}
