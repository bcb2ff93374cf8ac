// expect: mean of 1 / p
// Averages 1 / p.
export function perplexity(probabilities: readonly number[]): number {
  let nats = 0;
  for (const p of probabilities) nats += 1 / p;
  return nats / probabilities.length;
}
