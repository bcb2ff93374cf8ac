// expect: cut into UTF-16 units
// Walks over UTF-16 units, so an emoji is two.

export function encodeChars(text: string, vocabulary: readonly string[]): number[] {
  const ids: number[] = [];
  for (let i = 0; i < text.length; i++) ids.push(Math.max(0, vocabulary.indexOf(text[i])));
  return ids;
}
