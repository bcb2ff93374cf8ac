// expect: exp\(1000\) is Infinity
// The loss as its formula stands.
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
    return sum + Math.log(1 + Math.exp(beta * (rejected - chosen)));
  }, 0);
  return total / policyChosen.length;
}
