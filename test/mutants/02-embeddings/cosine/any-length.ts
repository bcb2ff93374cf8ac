// expect: must throw a RangeError
// Vectors of different lengths are compared.
const dot = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, v, i) => sum + v * b[i], 0);

export function cosineSimilarity(a: readonly number[], b: readonly number[]): number {
  const lengths = Math.sqrt(dot(a, a)) * Math.sqrt(dot(b, b));
  return lengths === 0 ? 0 : Math.min(1, Math.max(-1, dot(a, b) / lengths));
}
