// expect: The most probable piece was taken each time
// Greedy by probability.
export function viterbi(
  text: string,
  logProbs: ReadonlyMap<string, number>,
  unknownLogProb: number,
): string[] {
  const pieces: string[] = [];
  let rest = [...text];
  while (rest.length > 0) {
    let best = rest[0];
    for (let n = 1; n <= rest.length; n++) {
      const piece = rest.slice(0, n).join("");
      if (logProbs.has(piece) && logProbs.get(piece)! > (logProbs.get(best) ?? unknownLogProb)) best = piece;
    }
    pieces.push(best);
    rest = rest.slice([...best].length);
  }
  return pieces;
}
