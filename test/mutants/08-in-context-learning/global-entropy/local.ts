// expect: LocalE
// The mean entropy of the single answers.
export function globalEntropy(distributions: readonly (readonly number[])[]): number {
  const each = distributions.map((p) => p.reduce((sum, q) => (q > 0 ? sum - q * Math.log(q) : sum), 0));
  return each.reduce((sum, entropy) => sum + entropy, 0) / distributions.length;
}
