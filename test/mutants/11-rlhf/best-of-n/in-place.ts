// expect: changed its input
// Sorts the proxies themselves.
interface BestOf {
  readonly kl: number;
  readonly gold: number;
}
export function bestOfN(proxy: readonly number[], gold: readonly number[], n: number): BestOf {
  const before = [...proxy];
  const sorted = (proxy as number[]).sort((a, b) => b - a);
  let probability = n / sorted.length;
  let expected = 0;
  for (let i = sorted.length; i >= n; i--) {
    expected += probability * gold[before.indexOf(sorted[sorted.length - i])];
    if (i > 1) probability *= (i - n) / (i - 1);
  }
  return { kl: Math.log(n) - (n - 1) / n, gold: expected };
}
