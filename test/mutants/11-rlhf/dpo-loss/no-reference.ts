// expect: reference has no effect
// Forgets the reference.
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
    const chosen = policyChosen[i];
    const rejected = policyRejected[i];
    return sum + pairLoss(beta * chosen, beta * rejected);
  }, 0);
  return total / policyChosen.length;
}
