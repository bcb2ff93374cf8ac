// expect: printed more than 32 MB
// Prints and prints.
export function wordPiece(word: string, vocabulary: ReadonlySet<string>): string[] {
  for (let i = 0; i < 10_000; i++) console.log("wordPiece ".repeat(1000));
  const letters = [...word];
  const pieces: string[] = [];
  for (let start = 0; start < letters.length;) {
    let end = letters.length;
    const piece = () => (start > 0 ? "##" : "") + letters.slice(start, end).join("");
    while (end > start && !vocabulary.has(piece())) end--;
    if (end === start) return ["[UNK]"];
    pieces.push(piece());
    start = end;
  }
  return pieces;
}
