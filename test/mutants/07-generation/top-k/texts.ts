// expect: compares numbers as TEXTS
// Sorts without a function.
export function topK(logits: readonly number[], k: number): number[] {
  if (!Number.isInteger(k) || k < 1) throw new RangeError("k");
  const bound = [...logits].sort().reverse()[Math.min(k, logits.length) - 1];
  return logits.map((score) => (score < bound ? -Infinity : score));
}
