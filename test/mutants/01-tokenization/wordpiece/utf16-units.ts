// expect: cut into UTF-16 units
// Walks over UTF-16 units.

export function wordPiece(word: string, vocabulary: ReadonlySet<string>): string[] {
  const letters = word.split("");
  const pieces: string[] = [];
  let start = 0;
  while (start < letters.length) {
    let end = letters.length;
    let piece: string | undefined;
    for (; end > start; end--) {
      const candidate = (start > 0 ? "##" : "") + letters.slice(start, end).join("");
      if (vocabulary.has(candidate)) {
        piece = candidate;
        break;
      }
    }
    if (piece === undefined) return ["[UNK]"];
    pieces.push(piece);
    start = end;
  }
  return pieces;
}
