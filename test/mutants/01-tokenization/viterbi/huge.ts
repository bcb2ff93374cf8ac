// expect: an array of 3000000 values
// Three million values.
export function viterbi(
  text: string,
  logProbs: ReadonlyMap<string, number>,
  unknownLogProb: number,
): unknown[] {
  return new Array(3_000_000).fill(text.length + logProbs.size + unknownLogProb);
}
