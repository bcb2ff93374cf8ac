// expect: C\(2000, 1000\) is more than a number holds
// By factorials.
interface BestOf {
  readonly kl: number;
  readonly gold: number;
}
export function bestOfN(proxy: readonly number[], gold: readonly number[], n: number): BestOf {
  const factorial = (k: number): number => (k <= 1 ? 1 : k * factorial(k - 1));
  const choose = (m: number, k: number): number =>
    k < 0 || k > m ? 0 : factorial(m) / (factorial(k) * factorial(m - k));
  const order = [...proxy.keys()].sort((a, b) => proxy[a] - proxy[b]);
  const ways = order.map((_, i) => choose(i, n - 1));
  const expected = order.reduce((sum, at, i) => sum + gold[at] * ways[i], 0) / choose(proxy.length, n);
  return { kl: Math.log(n) - (n - 1) / n, gold: expected };
}
