// expect: must keep their "##"
// Takes the marks off again.
export function wordPiece(word: string, vocabulary: ReadonlySet<string>): string[] {
  const letters = [...word];
  const pieces: string[] = [];
  for (let start = 0; start < letters.length;) {
    let end = letters.length;
    const piece = () => (start > 0 ? "##" : "") + letters.slice(start, end).join("");
    while (end > start && !vocabulary.has(piece())) end--;
    if (end === start) return ["[UNK]"];
    pieces.push(piece().replace("##", ""));
    start = end;
  }
  return pieces;
}
