// expect: divided by sqrt\(D\)

export function ropeScore(
  q: readonly number[],
  k: readonly number[],
  distance: number,
  base = 10000,
): number {
  let score = 0;
  for (let i = 0; i < q.length / 2; i++) {
    const angle = distance * base ** ((-2 * i) / q.length);
    const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
    const [a, b] = [2 * i, 2 * i + 1];
    score += q[a] * (k[a] * cos - k[b] * sin) + q[b] * (k[a] * sin + k[b] * cos);
  }
  return score / Math.sqrt(q.length);
}
