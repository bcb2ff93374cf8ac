// expect: 0 log 0 became NaN
// Keeps labels never chosen.
export function globalEntropy(distributions: readonly (readonly number[])[]): number {
  const counts = distributions[0].map(() => 0);
  for (const p of distributions) counts[p.indexOf(Math.max(...p))]++;
  const shares = counts.map((count) => count / distributions.length);
  return shares.reduce((sum, q) => sum - q * Math.log(q), 0);
}
