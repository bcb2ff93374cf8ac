// expect: did not end within
// Never moves on where the pair is not.
export function mergePair(symbols: readonly string[], left: string, right: string): string[] {
  const merged: string[] = [];
  let i = 0;
  while (i < symbols.length) {
    if (symbols[i] === left && symbols[i + 1] === right) {
      merged.push(left + right);
      i += 2;
    }
  }
  return merged;
}
