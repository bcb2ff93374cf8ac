// expect: where several coordinates have moved

export function checkGradient(
  f: (x: number[]) => number,
  x: number[],
  gradient: readonly number[],
): { numerical: number[]; error: number } {
  const point = [...x];
  const numerical = x.map((value, i) => {
    const h = 0.005 * Math.max(1, Math.abs(value));
    point[i] = value + h;
    const up = f(point);
    point[i] = value - h;
    return (up - f(point)) / (2 * h);
  });
  return judged(numerical, gradient);
}

function judged(numerical: number[], gradient: readonly number[]) {
  const length = Math.hypot(...gradient) + Math.hypot(...numerical);
  const difference = Math.hypot(...numerical.map((value, i) => value - gradient[i]));
  return { numerical, error: length === 0 ? 0 : difference / length };
}
