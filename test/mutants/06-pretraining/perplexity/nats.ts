// expect: mean loss in nats
// Stops at the loss.
export function perplexity(probabilities: readonly number[]): number {
  let nats = 0;
  for (const p of probabilities) nats -= Math.log(p);
  return nats / probabilities.length;
}
