// expect: L_MLM is a sum
// Adds up the tokens.
export function petLoss(
  wordScores: readonly (readonly number[])[],
  labels: readonly number[],
  hiddenLogProbs: readonly number[],
  alpha: number,
): number {
  const mean = (list: readonly number[]): number =>
    list.length === 0 ? 0 : list.reduce((sum, each) => sum + each, 0) / list.length;
  const costs = wordScores.map((scores, n) => {
    const top = Math.max(...scores);
    return top + Math.log(scores.reduce((sum, score) => sum + Math.exp(score - top), 0)) - scores[labels[n]];
  });
  return (1 - alpha) * mean(costs) - alpha * hiddenLogProbs.reduce((sum, each) => sum + each, 0);
}
