// expect: Each unknown character became a \[UNK\] of its own
// Goes on after an unknown character.

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
    pieces.push(piece ?? "[UNK]");
    start = Math.max(end, start + 1);
  }
  return pieces;
}
