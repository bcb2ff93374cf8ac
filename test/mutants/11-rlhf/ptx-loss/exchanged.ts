// expect: are exchanged
// Both weights change places.
export function ptxLoss(
  policyLoss: number,
  valueLoss: number,
  pretrainLogProbs: readonly number[],
  valueCoefficient: number,
  gamma: number,
): number {
  const sum = pretrainLogProbs.reduce((total, log) => total + log, 0);
  const pretraining = pretrainLogProbs.length === 0 ? 0 : -sum / pretrainLogProbs.length;
  return policyLoss + gamma * valueLoss + valueCoefficient * pretraining;
}
