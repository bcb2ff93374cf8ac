// expect: in bits
// Uses log2.
export function globalEntropy(distributions: readonly (readonly number[])[]): number {
  const counts = distributions[0].map(() => 0);
  for (const p of distributions) counts[p.indexOf(Math.max(...p))]++;
  const shares = counts.filter((count) => count > 0).map((count) => count / distributions.length);
  return shares.reduce((sum, q) => sum - q * Math.log2(q), 0);
}
