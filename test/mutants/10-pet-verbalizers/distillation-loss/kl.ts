// expect: KL divergence
// Takes the entropy off.
export function distillationLoss(
  logits: readonly (readonly number[])[],
  soft: readonly (readonly number[])[],
): number {
  const costs = logits.map((row, t) => {
    const top = Math.max(...row);
    const all = top + Math.log(row.reduce((sum, score) => sum + Math.exp(score - top), 0));
    return row.reduce(
      (sum, score, l) => (soft[t][l] > 0 ? sum + soft[t][l] * (all - score + Math.log(soft[t][l])) : sum),
      0,
    );
  });
  return costs.reduce((sum, cost) => sum + cost, 0) / costs.length;
}
