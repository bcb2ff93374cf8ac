// expect: does not add up to 1
// Leaves the sum as it is.
export function topP(probabilities: readonly number[], p: number): number[] {
  if (!(p > 0 && p <= 1)) throw new RangeError(`p must be above 0 and at most 1, not ${p}`);
  const order = probabilities.map((_, id) => id).sort((a, b) => probabilities[b] - probabilities[a] || a - b);
  const kept = new Set<number>();
  let mass = 0;
  for (const id of order) {
    kept.add(id);
    mass += probabilities[id];
    if (mass >= p) break;
  }
  return probabilities.map((probability, id) => (kept.has(id) ? probability : 0));
}
