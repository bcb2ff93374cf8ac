// expect: Compare whole symbols
// Searches in the joined text.

export function mergePair(symbols: readonly string[], left: string, right: string): string[] {
  return symbols
    .join(" ")
    .replaceAll(`${left} ${right}`, left + right)
    .split(" ");
}
