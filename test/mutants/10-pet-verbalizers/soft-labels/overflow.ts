// expect: exp of a large score
// Takes nothing away before exp.
export function softLabels(
  scores: readonly (readonly (readonly number[])[])[],
  weights: readonly number[],
  temperature: number,
): number[][] {
  const all = weights.reduce((sum, weight) => sum + weight, 0);
  return scores[0].map((first, t) => {
    const mean = first.map(
      (_, l) => scores.reduce((sum, model, m) => sum + weights[m] * model[t][l], 0) / all,
    );
    const top = 0;
    const powers = mean.map((score) => Math.exp((score - top) / temperature));
    const total = powers.reduce((sum, power) => sum + power, 0);
    return powers.map((power) => power / total);
  });
}
