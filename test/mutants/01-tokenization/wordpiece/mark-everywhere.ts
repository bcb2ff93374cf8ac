// expect: The piece that begins the word was looked up with "##"
// Puts ## before every piece.

export function wordPiece(word: string, vocabulary: ReadonlySet<string>): string[] {
  const letters = [...word];
  const pieces: string[] = [];
  let start = 0;
  while (start < letters.length) {
    let end = letters.length;
    let piece: string | undefined;
    for (; end > start; end--) {
      const candidate = "##" + letters.slice(start, end).join("");
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
