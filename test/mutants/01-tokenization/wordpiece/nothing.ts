// expect: must become \["\[UNK\]"\], not nothing
// Gives nothing for a word that cannot be cut.

export function wordPiece(word: string, vocabulary: ReadonlySet<string>): string[] {
  const letters = [...word];
  const pieces: string[] = [];
  let start = 0;
  while (start < letters.length) {
    let piece: string | undefined;
    for (let end = letters.length; end > start; end--) {
      const candidate = (start > 0 ? "##" : "") + letters.slice(start, end).join("");
      if (!vocabulary.has(candidate)) continue;
      piece = candidate;
      start = end;
      break;
    }
    if (piece === undefined) return [];
    pieces.push(piece);
  }
  return pieces;
}
