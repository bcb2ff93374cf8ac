// expect: where several coordinates have moved

export function checkGradient(
  f: (x: number[]) => number,
  x: number[],
  gradient: readonly number[],
): { numerical: number[]; error: number } {
  const h = 0.005;
  const slope = (f(x.map((v) => v + h)) - f(x.map((v) => v - h))) / (2 * h);
  return judged(
    x.map(() => slope),
    gradient,
  );
}

function judged(numerical: number[], gradient: readonly number[]) {
  const length = Math.hypot(...gradient) + Math.hypot(...numerical);
  const difference = Math.hypot(...numerical.map((value, i) => value - gradient[i]));
  return { numerical, error: length === 0 ? 0 : difference / length };
}
