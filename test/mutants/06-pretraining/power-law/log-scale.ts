// expect: still a logarithm
// Forgets exp.
interface PowerLaw {
  readonly scale: number;
  readonly exponent: number;
}

export function fitPowerLaw(x: readonly number[], y: readonly number[]): PowerLaw {
  const u = x.map(Math.log);
  const v = y.map(Math.log);
  const mean = (values: readonly number[]): number =>
    values.reduce((sum, each) => sum + each, 0) / values.length;
  const [centreU, centreV] = [mean(u), mean(v)];
  let together = 0;
  let alone = 0;
  u.forEach((each, i) => {
    together += (each - centreU) * (v[i] - centreV);
    alone += (each - centreU) ** 2;
  });
  const slope = together / alone;
  return { scale: centreV - slope * centreU, exponent: -slope };
}
