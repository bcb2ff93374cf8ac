// expect: no exp
// Undoes the logarithm.
export function ptxLoss(
  policyLoss: number,
  valueLoss: number,
  pretrainLogProbs: readonly number[],
  valueCoefficient: number,
  gamma: number,
): number {
  const sum = pretrainLogProbs.reduce((total, log) => total + Math.exp(log), 0);
  const pretraining = pretrainLogProbs.length === 0 ? 0 : -sum / pretrainLogProbs.length;
  return policyLoss + valueCoefficient * valueLoss + gamma * pretraining;
}
