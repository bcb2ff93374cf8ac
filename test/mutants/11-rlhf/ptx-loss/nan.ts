// expect: A mean of nothing
// Divides 0 by 0.
export function ptxLoss(
  policyLoss: number,
  valueLoss: number,
  pretrainLogProbs: readonly number[],
  valueCoefficient: number,
  gamma: number,
): number {
  const sum = pretrainLogProbs.reduce((total, log) => total + log, 0);
  const pretraining = -sum / pretrainLogProbs.length;
  return policyLoss + valueCoefficient * valueLoss + gamma * pretraining;
}
