// expect: compared with p by itself
// Compares each.
export function topP(probabilities: readonly number[], p: number): number[] {
  if (!(p > 0 && p <= 1)) throw new RangeError("p");
  const kept = probabilities.map((probability) => (probability >= p ? probability : 0));
  const mass = kept.reduce((sum, probability) => sum + probability, 0);
  return kept.map((probability) => probability / mass);
}
