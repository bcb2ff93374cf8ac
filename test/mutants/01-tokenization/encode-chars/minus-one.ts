// expect: got -1 \(what indexOf says\)
// Forgets that indexOf says -1 for what is not there.

export function encodeChars(text: string, vocabulary: readonly string[]): number[] {
  return [...text].map((character) => vocabulary.indexOf(character));
}
