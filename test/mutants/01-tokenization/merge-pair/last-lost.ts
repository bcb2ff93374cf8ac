// expect: The last symbol is lost
// Ends the loop one place too early.

export function mergePair(symbols: readonly string[], left: string, right: string): string[] {
  const merged: string[] = [];
  for (let i = 0; i + 1 < symbols.length; i++) {
    if (symbols[i] === left && symbols[i + 1] === right) {
      merged.push(left + right);
      i++; // the right half is used up
    } else {
      merged.push(symbols[i]);
    }
  }
  return merged;
}
