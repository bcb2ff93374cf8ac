// expect: only a single character may stand alone|for a SINGLE character
// Lets longer unknown parts stand alone too.

export function viterbi(
  text: string,
  logProbs: ReadonlyMap<string, number>,
  unknownLogProb: number,
): string[] {
  const letters = [...text];
  let longest = 1;
  for (const piece of logProbs.keys()) longest = Math.max(longest, piece.length);
  const best = [0];
  const from = [0];
  for (let end = 1; end <= letters.length; end++) {
    best[end] = -Infinity;
    for (let start = Math.max(0, end - longest); start < end; start++) {
      const piece = letters.slice(start, end).join("");
      const logProb = logProbs.get(piece) ?? unknownLogProb;
      if (best[start] + logProb > best[end]) {
        best[end] = best[start] + logProb;
        from[end] = start;
      }
    }
  }
  const pieces: string[] = [];
  for (let end = letters.length; end > 0; end = from[end]) {
    pieces.push(letters.slice(from[end], end).join(""));
  }
  return pieces.reverse();
}
