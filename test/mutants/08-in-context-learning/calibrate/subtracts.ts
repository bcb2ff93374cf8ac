// expect: was subtracted
// Subtracts the bias.
export function calibrate(
  probabilities: readonly number[],
  contentFree: readonly (readonly number[])[],
): number[] {
  const mean = probabilities.map(
    (_, label) => contentFree.reduce((sum, p) => sum + p[label], 0) / contentFree.length,
  );
  const quotients = probabilities.map((p, label) => p - mean[label]);
  const total = quotients.reduce((sum, q) => sum + q, 0);
  return quotients.map((q) => q / total);
}
