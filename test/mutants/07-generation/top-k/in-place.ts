// expect: changed its input
// Sorts the array that was given.
export function topK(logits: readonly number[], k: number): number[] {
  if (!Number.isInteger(k) || k < 1) throw new RangeError("k");
  const places = logits.map((score, id) => ({ score, id }));
  const kept = places.sort((a, b) => b.score - a.score || a.id - b.id).slice(0, k);
  const out = logits as number[];
  out.fill(-Infinity);
  for (const { score, id } of kept) out[id] = score;
  return out;
}
