// expect: did not end within|times as long|look back no further
// Tries every cut: right, and hopeless for long texts.

export function viterbi(
  text: string,
  logProbs: ReadonlyMap<string, number>,
  unknownLogProb: number,
): string[] {
  const search = (letters: string[]): { pieces: string[]; score: number } => {
    if (letters.length === 0) return { pieces: [], score: 0 };
    let best = { pieces: [] as string[], score: -Infinity };
    for (let n = 1; n <= letters.length; n++) {
      const piece = letters.slice(0, n).join("");
      const logProb = logProbs.get(piece) ?? (n === 1 ? unknownLogProb : -Infinity);
      if (logProb === -Infinity) continue;
      const rest = search(letters.slice(n));
      if (logProb + rest.score > best.score)
        best = { pieces: [piece, ...rest.pieces], score: logProb + rest.score };
    }
    return best;
  };
  return search([...text]).pieces;
}
