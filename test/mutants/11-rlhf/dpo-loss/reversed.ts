// expect: both log-ratios are reversed
// Reference over policy.
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
    const chosen = referenceChosen[i] - policyChosen[i];
    const rejected = referenceRejected[i] - policyRejected[i];
    return sum + pairLoss(beta * chosen, beta * rejected);
  }, 0);
  return total / policyChosen.length;
}
