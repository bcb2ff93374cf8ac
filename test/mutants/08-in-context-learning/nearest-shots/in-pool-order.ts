// expect: in the order of the pool
// Sorts by place.
export function nearestShots(
  query: readonly number[],
  pool: readonly (readonly number[])[],
  k: number,
): number[] {
  const dot = (a: readonly number[], b: readonly number[]): number =>
    a.reduce((sum, x, i) => sum + x * b[i], 0);
  const cosines = pool.map(
    (vector) => dot(query, vector) / Math.sqrt(dot(query, query) * dot(vector, vector)),
  );
  const places = pool.map((_, place) => place).sort((a, b) => cosines[b] - cosines[a] || a - b);
  return places.slice(0, k).sort((a, b) => a - b);
}
