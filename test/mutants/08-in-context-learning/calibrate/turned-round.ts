// expect: turned round
// Bias over answer.
export function calibrate(
  probabilities: readonly number[],
  contentFree: readonly (readonly number[])[],
): number[] {
  const mean = probabilities.map(
    (_, label) => contentFree.reduce((sum, p) => sum + p[label], 0) / contentFree.length,
  );
  const quotients = probabilities.map((p, label) => mean[label] / p);
  const total = quotients.reduce((sum, q) => sum + q, 0);
  return quotients.map((q) => q / total);
}
