// expect: not divided by the number
// Adds without dividing.
export function perplexity(probabilities: readonly number[]): number {
  let nats = 0;
  for (const p of probabilities) nats -= Math.log(p);
  return Math.exp(nats);
}
