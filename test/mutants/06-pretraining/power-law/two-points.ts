// expect: first and the last point
// Draws the line through two points.
interface PowerLaw {
  readonly scale: number;
  readonly exponent: number;
}

export function fitPowerLaw(x: readonly number[], y: readonly number[]): PowerLaw {
  const u = x.map(Math.log);
  const v = y.map(Math.log);
  const last = u.length - 1;
  const slope = (v[last] - v[0]) / (u[last] - u[0]);
  return { scale: Math.exp(v[0] - slope * u[0]), exponent: -slope };
}
