// expect: The longest piece was taken each time
// Takes the longest piece.

export function viterbi(text: string, logProbs: ReadonlyMap<string, number>, _unknown: number): string[] {
  const letters = [...text];
  const out: string[] = [];
  for (let start = 0; start < letters.length;) {
    let end = letters.length;
    while (end > start + 1 && !logProbs.has(letters.slice(start, end).join(""))) end--;
    out.push(letters.slice(start, end).join(""));
    start = end;
  }
  return out;
}
