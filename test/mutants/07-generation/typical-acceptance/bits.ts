// expect: counted in bits
// Uses log2.
export function typicalAcceptance(
  probabilities: readonly (readonly number[])[],
  candidate: readonly number[],
  epsilon: number,
  delta: number,
): number {
  let accepted = 1;
  while (accepted < candidate.length) {
    const row = probabilities[accepted - 1];
    const entropy = row.reduce((sum, p) => (p > 0 ? sum - p * Math.log2(p) : sum), 0);
    if (row[candidate[accepted]] <= Math.min(epsilon, delta * Math.exp(-entropy))) break;
    accepted++;
  }
  return accepted;
}
