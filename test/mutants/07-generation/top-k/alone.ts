// expect: the k scores alone
// Loses the places.
export function topK(logits: readonly number[], k: number): number[] {
  if (!Number.isInteger(k) || k < 1) throw new RangeError("k");
  return [...logits].sort((a, b) => b - a).slice(0, k);
}
