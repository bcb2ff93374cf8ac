// expect: product of many probabilities
// Multiplies.
export function perplexity(probabilities: readonly number[]): number {
  let product = 1;
  for (const p of probabilities) product *= p;
  return product ** (-1 / probabilities.length);
}
