// expect: the other way round
// Merges the pair also where right stands before left.

export function mergePair(symbols: readonly string[], left: string, right: string): string[] {
  const merged: string[] = [];
  for (let i = 0; i < symbols.length; i++) {
    const [a, b] = [symbols[i], symbols[i + 1]];
    if ((a === left && b === right) || (a === right && b === left)) {
      merged.push(left + right);
      i++; // the right half is used up
    } else {
      merged.push(symbols[i]);
    }
  }
  return merged;
}
