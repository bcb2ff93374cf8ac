// expect: These are squares

export function checkGradient(
  f: (x: number[]) => number,
  x: readonly number[],
  gradient: readonly number[],
): { numerical: number[]; error: number } {
  const numerical = x.map((value, i) => {
    const h = 0.005 * Math.max(1, Math.abs(value));
    const moved = (by: number): number[] => x.map((other, j) => (j === i ? other + by : other));
    return (f(moved(h)) - f(moved(-h))) / (2 * h);
  });
  const difference = Math.hypot(...numerical.map((value, i) => value - gradient[i]));
  const [given, found] = [Math.hypot(...gradient), Math.hypot(...numerical)];
  return { numerical, error: given + found === 0 ? 0 : difference ** 2 / (given ** 2 + found ** 2) };
}
