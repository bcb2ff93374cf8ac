// expect: small number was added
// Adds 1e-10 to be safe.
export function perplexity(probabilities: readonly number[]): number {
  let nats = 0;
  for (const p of probabilities) nats -= Math.log(p + 1e-10);
  return Math.exp(nats / probabilities.length);
}
