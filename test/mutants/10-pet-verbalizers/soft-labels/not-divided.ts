// expect: not divided by the sum of the weights
// Adds up.
export function softLabels(
  scores: readonly (readonly (readonly number[])[])[],
  weights: readonly number[],
  temperature: number,
): number[][] {
  const all = 1;
  return scores[0].map((first, t) => {
    const mean = first.map(
      (_, l) => scores.reduce((sum, model, m) => sum + weights[m] * model[t][l], 0) / all,
    );
    const top = Math.max(...mean);
    const powers = mean.map((score) => Math.exp((score - top) / temperature));
    const total = powers.reduce((sum, power) => sum + power, 0);
    return powers.map((power) => power / total);
  });
}
