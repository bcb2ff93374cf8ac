// expect: what nanoGPT does
// Compares with the k-th largest score.
export function topK(logits: readonly number[], k: number): number[] {
  if (!Number.isInteger(k) || k < 1) throw new RangeError("k");
  const bound = [...logits].sort((a, b) => b - a)[Math.min(k, logits.length) - 1];
  return logits.map((score) => (score < bound ? -Infinity : score));
}
