// expect: expected PROXY
// Believes the reward model.
interface BestOf {
  readonly kl: number;
  readonly gold: number;
}
export function bestOfN(proxy: readonly number[], gold: readonly number[], n: number): BestOf {
  const order = [...proxy.keys()].sort((a, b) => proxy[b] - proxy[a]);
  let probability = n / proxy.length;
  let expected = 0;
  for (let i = proxy.length; i >= n; i--) {
    expected += probability * proxy[order[proxy.length - i]];
    if (i > 1) probability *= (i - n) / (i - 1);
  }
  return { kl: Math.log(n) - (n - 1) / n, gold: expected };
}
