// expect: best of ALL
// Forgets n.
interface BestOf {
  readonly kl: number;
  readonly gold: number;
}
export function bestOfN(proxy: readonly number[], gold: readonly number[], n: number): BestOf {
  return { kl: Math.log(n) - (n - 1) / n, gold: gold[proxy.indexOf(Math.max(...proxy))] };
}
