// expect: characters' Unicode numbers
// Gives code points instead of places in the vocabulary.

export function encodeChars(text: string, vocabulary: readonly string[]): number[] {
  return [...text].map((character) => character.codePointAt(0)!);
}
