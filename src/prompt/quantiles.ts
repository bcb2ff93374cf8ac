/** Distribution functions that confidence intervals ask for, and their inverses. */

/** The standard normal distribution function, by the series of Abramowitz and Stegun 26.2.11. */
export function normalCdf(x: number): number {
  if (Math.abs(x) > 8) return x < 0 ? 0 : 1; // further out less than 1e-15 is left
  let term = x;
  let sum = x;
  for (let i = 3; Math.abs(term) > 1e-17 * Math.abs(sum); i += 2) sum += term *= (x * x) / i;
  return 0.5 + (sum * Math.exp((-x * x) / 2)) / Math.sqrt(2 * Math.PI);
}

/**
 * Student's distribution function with a whole number of degrees of freedom, by the finite sums of Abramowitz and Stegun
 * 26.7.3 and 26.7.4.
 */
export function studentCdf(t: number, freedom: number): number {
  const angle = Math.atan(t / Math.sqrt(freedom));
  const cos2 = Math.cos(angle) ** 2;
  const odd = freedom % 2 === 1;
  // 1 + 2/3 cos^2 + (2 4)/(3 5) cos^4 + ... for odd freedoms, 1 + 1/2 cos^2 + (1 3)/(2 4) cos^4 + ... for even ones
  let term = 1;
  let sum = freedom === 1 ? 0 : 1;
  for (let k = odd ? 2 : 1; k <= freedom - 3; k += 2) sum += term *= (cos2 * k) / (k + 1);
  const between = odd
    ? (2 / Math.PI) * (angle + Math.sin(angle) * Math.cos(angle) * sum)
    : Math.sin(angle) * sum;
  return (1 + between) / 2;
}

/** The z below which a share p of the standard normal distribution lies. */
export const normalQuantile = (p: number): number => invert(normalCdf, p);

/** The t below which a share p of Student's distribution lies. */
export const studentQuantile = (p: number, freedom: number): number =>
  invert((t) => studentCdf(t, freedom), p);

/** Where an increasing function that is symmetric about (0, 1/2) reaches p: halves the interval until it is one number. */
function invert(cdf: (x: number) => number, p: number): number {
  if (p === 0.5) return 0;
  if (p < 0.5) return -invert(cdf, 1 - p);
  let [low, high] = [0, 1];
  while (cdf(high) < p && high < 1e18) [low, high] = [high, 2 * high];
  for (;;) {
    const middle = (low + high) / 2;
    if (middle === low || middle === high) return middle;
    if (cdf(middle) < p) low = middle;
    else high = middle;
  }
}
