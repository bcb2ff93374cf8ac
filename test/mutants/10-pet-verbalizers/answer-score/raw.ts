// expect: sums of raw scores
// Adds up scores.
export function answerScore(
  logits: readonly (readonly number[])[],
  answer: readonly number[],
  perToken: boolean,
): number {
  const sum = answer.reduce((total, token, k) => {
    return total + logits[k][token];
  }, 0);
  return perToken ? sum / answer.length : sum;
}
