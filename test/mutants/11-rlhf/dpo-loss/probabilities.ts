// expect: Stay with the logarithms
// Ratios of probabilities.
const pairLoss = (chosen: number, rejected: number): number => {
  const x = chosen - rejected;
  return Math.max(-x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
};
export function dpoLoss(
  policyChosen: readonly number[],
  policyRejected: readonly number[],
  referenceChosen: readonly number[],
  referenceRejected: readonly number[],
  beta: number,
): number {
  const total = policyChosen.reduce((sum, _, i) => {
    const chosen = Math.log(Math.exp(policyChosen[i]) / Math.exp(referenceChosen[i]));
    const rejected = Math.log(Math.exp(policyRejected[i]) / Math.exp(referenceRejected[i]));
    return sum + pairLoss(beta * chosen, beta * rejected);
  }, 0);
  return total / policyChosen.length;
}
