// expect: went on after a refusal
// Counts all that pass.
export function typicalAcceptance(
  probabilities: readonly (readonly number[])[],
  candidate: readonly number[],
  epsilon: number,
  delta: number,
): number {
  return candidate.filter((token, i) => {
    if (i === 0) return true;
    const entropy = probabilities[i - 1].reduce((sum, p) => (p > 0 ? sum - p * Math.log(p) : sum), 0);
    return probabilities[i - 1][token] > Math.min(epsilon, delta * Math.exp(-entropy));
  }).length;
}
