// expect: Math.exp leads back, not 2
// Nats, then a power of 2.
export function perplexity(probabilities: readonly number[]): number {
  let nats = 0;
  for (const p of probabilities) nats -= Math.log(p);
  return 2 ** (nats / probabilities.length);
}
