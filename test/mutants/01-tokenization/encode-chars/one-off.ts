// expect: The ids are one off
// Counts the vocabulary without [UNK].

export function encodeChars(text: string, vocabulary: readonly string[]): number[] {
  return [...text].map((character) => Math.max(0, vocabulary.indexOf(character)) - 1);
}
