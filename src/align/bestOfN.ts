/** The simplest way to follow a reward: draw n answers, give the best one. Nothing is trained. */

/**
 * How far best-of-n lies from the policy that it draws from, in nats: log n - (n - 1) / n, exact where no two answers
 * have the same reward, and an upper bound otherwise (Stiennon et al. 2020, appendix G.3; Beirami et al. 2024). Of 16
 * answers it is 1.84, of 256 it is 4.55.
 * @throws RangeError unless n is a whole number from 1
 */
export function bestOfNKl(n: number): number {
  if (!Number.isSafeInteger(n) || n < 1)
    throw new RangeError(`bestOfNKl: n must be a whole number from 1, got ${n}`);
  return Math.log(n) - (n - 1) / n;
}

/**
 * The expected `value` of the answer with the best `proxy` of n, over all ways to draw n of the N answers that there are
 * (Nakano et al. 2021, appendix I): the i-th smallest by proxy is the best of n in C(i - 1, n - 1) of the C(N, n) ways.
 * One large sample so serves every n, with far less noise than one group of n would have. Equal proxies go in their order.
 *
 * @param proxy what the best is chosen by
 * @param values what is reported: the proxy itself, or the gold reward
 * @throws RangeError unless there are as many of both, and n is from 1 to their number
 */
export function bestOfN(proxy: readonly number[], values: readonly number[], n: number): number {
  const count = proxy.length;
  if (values.length !== count) throw new RangeError(`bestOfN: ${count} proxies and ${values.length} values`);
  if (!Number.isSafeInteger(n) || n < 1 || n > count)
    throw new RangeError(`bestOfN: n must be a whole number from 1 to ${count}, got ${n}`);
  const order = proxy.map((_, i) => i).sort((a, b) => (proxy[a] as number) - (proxy[b] as number) || a - b);
  // From the largest down: C(N - 1, n - 1) / C(N, n) = n / N, and each next one is smaller by a factor.
  let chance = n / count;
  let expected = 0;
  for (let i = count; i >= n; i--) {
    expected += chance * (values[order[i - 1] as number] as number);
    chance *= (i - n) / Math.max(1, i - 1);
  }
  return expected;
}
