// expect: The first token was tested
// Judges the first too.
export function typicalAcceptance(
  probabilities: readonly (readonly number[])[],
  candidate: readonly number[],
  epsilon: number,
  delta: number,
): number {
  let accepted = 0;
  while (accepted < candidate.length && accepted < probabilities.length) {
    const row = probabilities[accepted];
    const entropy = row.reduce((sum, p) => (p > 0 ? sum - p * Math.log(p) : sum), 0);
    if (!(row[candidate[accepted]] > Math.min(epsilon, delta * Math.exp(-entropy)))) break;
    accepted++;
  }
  return accepted;
}
