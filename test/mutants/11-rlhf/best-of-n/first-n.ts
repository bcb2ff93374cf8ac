// expect: Only the first n
// One draw.
interface BestOf {
  readonly kl: number;
  readonly gold: number;
}
export function bestOfN(proxy: readonly number[], gold: readonly number[], n: number): BestOf {
  const drawn = proxy.slice(0, n);
  return { kl: Math.log(n) - (n - 1) / n, gold: gold[drawn.indexOf(Math.max(...drawn))] };
}
