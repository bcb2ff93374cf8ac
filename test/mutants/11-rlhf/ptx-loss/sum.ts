// expect: were added up
// More tokens, more loss.
export function ptxLoss(
  policyLoss: number,
  valueLoss: number,
  pretrainLogProbs: readonly number[],
  valueCoefficient: number,
  gamma: number,
): number {
  const sum = pretrainLogProbs.reduce((total, log) => total + log, 0);
  const pretraining = -sum;
  return policyLoss + valueCoefficient * valueLoss + gamma * pretraining;
}
