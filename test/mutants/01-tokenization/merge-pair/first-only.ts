// expect: Only the first place was merged
// Stops after one merge.
export function mergePair(symbols: readonly string[], left: string, right: string): string[] {
  for (let i = 0; i + 1 < symbols.length; i++) {
    if (symbols[i] !== left || symbols[i + 1] !== right) continue;
    return [...symbols.slice(0, i), left + right, ...symbols.slice(i + 2)];
  }
  return [...symbols];
}
