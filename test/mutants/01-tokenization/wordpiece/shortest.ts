// expect: The shortest fitting piece
// Takes the shortest piece.

export function wordPiece(word: string, vocabulary: ReadonlySet<string>): string[] {
  const letters = [...word];
  const pieces: string[] = [];
  let start = 0;
  while (start < letters.length) {
    let piece: string | undefined;
    for (let end = start + 1; end <= letters.length; end++) {
      const candidate = (start > 0 ? "##" : "") + letters.slice(start, end).join("");
      if (!vocabulary.has(candidate)) continue;
      piece = candidate;
      start = end;
      break;
    }
    if (piece === undefined) return ["[UNK]"];
    pieces.push(piece);
  }
  return pieces;
}
