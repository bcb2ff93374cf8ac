// expect: The others became 0
// Puts 0 where -Infinity must be.
export function topK(logits: readonly number[], k: number): number[] {
  if (!Number.isInteger(k) || k < 1) throw new RangeError(`k must be a whole number from 1 up, not ${k}`);
  const order = logits.map((_, id) => id).sort((a, b) => logits[b] - logits[a] || a - b);
  const kept = new Set(order.slice(0, k));
  return logits.map((score, id) => (kept.has(id) ? score : 0));
}
