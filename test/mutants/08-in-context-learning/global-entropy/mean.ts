// expect: entropy of the mean distribution
// Averages first.
export function globalEntropy(distributions: readonly (readonly number[])[]): number {
  const mean = distributions[0].map(
    (_, k) => distributions.reduce((sum, p) => sum + p[k], 0) / distributions.length,
  );
  return mean.reduce((sum, q) => (q > 0 ? sum - q * Math.log(q) : sum), 0);
}
