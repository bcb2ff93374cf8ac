// expect: WITH replacement
// The shorter formula.
interface BestOf {
  readonly kl: number;
  readonly gold: number;
}
export function bestOfN(proxy: readonly number[], gold: readonly number[], n: number): BestOf {
  const order = [...proxy.keys()].sort((a, b) => proxy[a] - proxy[b]);
  const N = proxy.length;
  const expected = order.reduce((sum, at, i) => sum + gold[at] * (((i + 1) / N) ** n - (i / N) ** n), 0);
  return { kl: Math.log(n) - (n - 1) / n, gold: expected };
}
