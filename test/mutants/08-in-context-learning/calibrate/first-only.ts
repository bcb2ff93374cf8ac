// expect: Only the first content-free
// One text only.
export function calibrate(
  probabilities: readonly number[],
  contentFree: readonly (readonly number[])[],
): number[] {
  const mean = probabilities.map((_, label) => contentFree[0][label]);
  const quotients = probabilities.map((p, label) => p / mean[label]);
  const total = quotients.reduce((sum, q) => sum + q, 0);
  return quotients.map((q) => q / total);
}
