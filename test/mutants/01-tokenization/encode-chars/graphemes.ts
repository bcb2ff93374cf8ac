// expect: one code point|each code point has its own id
// Takes what a reader sees as one character for one character.

export function encodeChars(text: string, vocabulary: readonly string[]): number[] {
  const ids = new Map(vocabulary.map((character, id) => [character, id]));
  return Array.from(new Intl.Segmenter("en").segment(text), ({ segment }) => segment).map(
    (character) => ids.get(character) ?? 0,
  );
}
