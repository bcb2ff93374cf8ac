// expect: not made into shares
// Entropy of counts.
export function globalEntropy(distributions: readonly (readonly number[])[]): number {
  const counts = distributions[0].map(() => 0);
  for (const p of distributions) counts[p.indexOf(Math.max(...p))]++;
  const shares = counts.filter((count) => count > 0).map((count) => count);
  return shares.reduce((sum, q) => sum - q * Math.log(q), 0);
}
