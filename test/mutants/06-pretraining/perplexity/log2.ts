// expect: Two bases are mixed: log2 with exp
// Bits, then exp.
export function perplexity(probabilities: readonly number[]): number {
  let nats = 0;
  for (const p of probabilities) nats -= Math.log2(p);
  return Math.exp(nats / probabilities.length);
}
