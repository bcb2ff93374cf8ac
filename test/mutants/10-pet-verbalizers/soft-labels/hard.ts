// expect: hard vote
// Gives the winner all.
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
    const top = Math.max(...mean);
    const powers = mean.map((score) => Math.exp((score - top) / temperature));
    return powers.map((power) => (power === Math.max(...powers) ? 1 : 0));
  });
}
