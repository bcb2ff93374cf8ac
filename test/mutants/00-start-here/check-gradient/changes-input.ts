// expect: checkGradient changed its input: argument 2

export function checkGradient(
  f: (x: number[]) => number,
  x: number[],
  gradient: readonly number[],
): { numerical: number[]; error: number } {
  const numerical = x.map((value, i) => {
    const h = 0.005 * Math.max(1, Math.abs(value)) * 1.1;
    x[i] += h;
    const up = f(x);
    x[i] -= 2 * h;
    const down = f(x);
    x[i] += h;
    return (up - down) / (2 * h);
  });
  return judged(numerical, gradient);
}

function judged(numerical: number[], gradient: readonly number[]) {
  const length = Math.hypot(...gradient) + Math.hypot(...numerical);
  const difference = Math.hypot(...numerical.map((value, i) => value - gradient[i]));
  return { numerical, error: length === 0 ? 0 : difference / length };
}
