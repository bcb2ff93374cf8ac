// expect: push to a new array|did not end|changed its input
// Splices in place, which copies the rest each time.

export function mergePair(symbols: readonly string[], left: string, right: string): string[] {
  let merged = [...symbols];
  for (let i = 0; i + 1 < merged.length; i++)
    if (merged[i] === left && merged[i + 1] === right)
      merged = [...merged.slice(0, i), left + right, ...merged.slice(i + 2)];
  return merged;
}
