// expect: minus the LOGARITHM
// The probability of being wrong.
export function dpoLoss(
  policyChosen: readonly number[],
  policyRejected: readonly number[],
  referenceChosen: readonly number[],
  referenceRejected: readonly number[],
  beta: number,
): number {
  const total = policyChosen.reduce((sum, _, i) => {
    const chosen = policyChosen[i] - referenceChosen[i];
    const rejected = policyRejected[i] - referenceRejected[i];
    return sum + 1 - 1 / (1 + Math.exp(beta * (rejected - chosen)));
  }, 0);
  return total / policyChosen.length;
}
