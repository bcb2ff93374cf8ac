// expect: probabilities of the models were averaged
// Averages after the softmax.
const softmax = (row: readonly number[], temperature: number): number[] => {
  const top = Math.max(...row);
  const powers = row.map((score) => Math.exp((score - top) / temperature));
  const total = powers.reduce((sum, power) => sum + power, 0);
  return powers.map((power) => power / total);
};
export function softLabels(
  scores: readonly (readonly (readonly number[])[])[],
  weights: readonly number[],
  temperature: number,
): number[][] {
  const all = weights.reduce((sum, weight) => sum + weight, 0);
  const votes = scores.map((model) => model.map((row) => softmax(row, temperature)));
  return scores[0].map((first, t) =>
    first.map((_, l) => votes.reduce((sum, model, m) => sum + weights[m] * model[t][l], 0) / all),
  );
}
