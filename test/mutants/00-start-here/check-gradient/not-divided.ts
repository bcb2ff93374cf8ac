// expect: was not divided by the way between the points

export function checkGradient(
  f: (x: number[]) => number,
  x: number[],
  gradient: readonly number[],
): { numerical: number[]; error: number } {
  const numerical = x.map((value, i) => {
    const h = 0.005 * Math.max(1, Math.abs(value));
    const moved = (by: number): number[] => x.map((other, j) => (j === i ? other + by : other));
    return f(moved(h)) - f(moved(-h));
  });
  return judged(numerical, gradient);
}

function judged(numerical: number[], gradient: readonly number[]) {
  const length = Math.hypot(...gradient) + Math.hypot(...numerical);
  const difference = Math.hypot(...numerical.map((value, i) => value - gradient[i]));
  return { numerical, error: length === 0 ? 0 : difference / length };
}
