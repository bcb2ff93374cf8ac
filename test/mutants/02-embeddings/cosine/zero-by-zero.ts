// expect: gives 0 / 0 = NaN
// Zeros are not looked at.
const dot = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, v, i) => sum + v * b[i], 0);

export function cosineSimilarity(a: readonly number[], b: readonly number[]): number {
  if (a.length !== b.length) throw new RangeError("lengths");
  return Math.min(1, dot(a, b) / (Math.sqrt(dot(a, a)) * Math.sqrt(dot(b, b))));
}
