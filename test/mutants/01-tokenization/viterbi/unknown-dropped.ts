// expect: A character that is no piece was left out
// Leaves unknown characters out.

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
    for (let start = Math.max(0, end - 8); start < end; start++) {
      const piece = letters.slice(start, end).join("");
      const logProb = logProbs.get(piece) ?? (end - start === 1 ? unknownLogProb : -Infinity);
      const sum = best[start] + logProb;
      if (sum > best[end]) [best[end], from[end]] = [sum, start];
    }
  }
  const pieces: string[] = [];
  for (let end = letters.length; end > 0; end = from[end])
    pieces.push(letters.slice(from[end], end).join(""));
  return pieces.reverse().filter((piece) => logProbs.has(piece));
}
