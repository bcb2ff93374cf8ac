// expect: Unknown characters were left out
// Skips what it does not know.

export function encodeChars(text: string, vocabulary: readonly string[]): number[] {
  return [...text].map((character) => vocabulary.indexOf(character)).filter((id) => id > 0);
}
