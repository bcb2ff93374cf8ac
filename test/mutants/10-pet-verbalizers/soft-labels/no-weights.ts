// expect: The weights have no effect
// All count the same.
export function softLabels(
  scores: readonly (readonly (readonly number[])[])[],
  weights: readonly number[],
  temperature: number,
): number[][] {
  const all = weights.length;
  return scores[0].map((first, t) => {
    const mean = first.map((_, l) => scores.reduce((sum, model) => sum + model[t][l], 0) / all);
    const top = Math.max(...mean);
    const powers = mean.map((score) => Math.exp((score - top) / temperature));
    const total = powers.reduce((sum, power) => sum + power, 0);
    return powers.map((power) => power / total);
  });
}
