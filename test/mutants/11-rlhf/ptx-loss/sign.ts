// expect: pretraining part has the wrong sign
// Adds log-probabilities as they are.
export function ptxLoss(
  policyLoss: number,
  valueLoss: number,
  pretrainLogProbs: readonly number[],
  valueCoefficient: number,
  gamma: number,
): number {
  const sum = pretrainLogProbs.reduce((total, log) => total + log, 0);
  const pretraining = pretrainLogProbs.length === 0 ? 0 : sum / pretrainLogProbs.length;
  return policyLoss + valueCoefficient * valueLoss + gamma * pretraining;
}
