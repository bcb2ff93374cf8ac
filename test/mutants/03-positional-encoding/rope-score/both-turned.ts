// expect: Turning BOTH by the same angle

export function ropeScore(
  q: readonly number[],
  k: readonly number[],
  distance: number,
  base = 10000,
): number {
  const turn = (v: readonly number[]): number[] =>
    v.map((value, c) => {
      const angle = distance * base ** ((-2 * Math.floor(c / 2)) / v.length);
      const other = c % 2 === 0 ? -v[c + 1] : v[c - 1];
      return value * Math.cos(angle) + other * Math.sin(angle);
    });
  const [a, b] = [turn(q), turn(k)];
  return a.reduce((sum, value, i) => sum + value * b[i], 0);
}
