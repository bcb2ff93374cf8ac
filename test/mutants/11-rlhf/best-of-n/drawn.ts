// expect: near but not exact
// Draws at random.
interface BestOf {
  readonly kl: number;
  readonly gold: number;
}
export function bestOfN(proxy: readonly number[], gold: readonly number[], n: number): BestOf {
  let sum = 0;
  let state = 1;
  for (let k = 0; k < 2000; k++) {
    const left = [...proxy.keys()];
    let best = -1;
    for (let d = 0; d < n; d++) {
      state = (state * 48271) % 2147483647;
      const [at] = left.splice(state % left.length, 1);
      if (best < 0 || proxy[at] > proxy[best]) best = at;
    }
    sum += gold[best];
  }
  return { kl: Math.log(n) - (n - 1) / n, gold: sum / 2000 };
}
