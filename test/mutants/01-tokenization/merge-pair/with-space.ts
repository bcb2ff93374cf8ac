// expect: nothing between them
// Puts a space between the halves.

export function mergePair(symbols: readonly string[], left: string, right: string): string[] {
  const merged: string[] = [];
  for (let i = 0; i < symbols.length; i++) {
    if (symbols[i] === left && symbols[i + 1] === right) {
      merged.push(`${left} ${right}`);
      i++; // the right half is used up
    } else {
      merged.push(symbols[i]);
    }
  }
  return merged;
}
