/**
 * A reward model is a proxy: followed too far, it stops meaning what it was made for. Gao, Schulman and Hilton 2022
 * ("Scaling Laws for Reward Model Overoptimization", section 3.2) found how the gold reward goes with d, the root of the
 * KL divergence from the first policy:
 *
 *     best-of-n   R(d) = d (alpha - beta d)            PPO   R(d) = d (alpha - beta log d)
 *
 * Both rise, turn over, and fall.
 */

/** One policy: how far it lies from the first, in nats, and its gold reward less that of the first policy. */
export interface ProxyPoint {
  readonly kl: number;
  readonly gain: number;
}

export interface OveroptimisationLaw {
  readonly alpha: number;
  readonly beta: number;
  /** The gain that the law foretells at a distance d. */
  at(d: number): number;
  /** Where it turns over: d of the largest gain; Infinity where it does not. */
  readonly peak: number;
  /** Share of the points' variance that it explains. */
  readonly r2: number;
}

/** The quadratic law, for best-of-n. @throws as `fitted` */
export function fitBestOfNLaw(points: readonly ProxyPoint[]): OveroptimisationLaw {
  const { alpha, beta, r2 } = fitted(points, (d) => d);
  return {
    alpha,
    beta,
    r2,
    at: (d) => d * (alpha - beta * d),
    peak: beta > 0 ? alpha / (2 * beta) : Infinity,
  };
}

/** The logarithmic law, for reinforcement learning. @throws as `fitted` */
export function fitRlLaw(points: readonly ProxyPoint[]): OveroptimisationLaw {
  const { alpha, beta, r2 } = fitted(points, Math.log);
  const at = (d: number): number => (d > 0 ? d * (alpha - beta * Math.log(d)) : 0);
  // dR / dd = alpha - beta log d - beta = 0
  return { alpha, beta, r2, at, peak: beta > 0 ? Math.exp(alpha / beta - 1) : Infinity };
}

/**
 * Least squares of gain = alpha d - beta d f(d).
 * @throws RangeError for fewer than three points apart from the first policy
 */
function fitted(points: readonly ProxyPoint[], f: (d: number) => number) {
  const rows = points
    .filter(({ kl }) => kl > 0)
    .map(({ kl, gain }) => ({ x: Math.sqrt(kl), z: -Math.sqrt(kl) * f(Math.sqrt(kl)), gain }));
  if (rows.length < 3) throw new RangeError(`A law needs three points with a KL above 0, got ${rows.length}`);
  const sum = (of: (row: (typeof rows)[number]) => number): number => rows.reduce((all, row) => all + of(row), 0); // prettier-ignore
  const [xx, xz, zz] = [sum((r) => r.x * r.x), sum((r) => r.x * r.z), sum((r) => r.z * r.z)];
  const [xy, zy] = [sum((r) => r.x * r.gain), sum((r) => r.z * r.gain)];
  const determinant = xx * zz - xz * xz;
  if (Math.abs(determinant) < 1e-12 * xx * zz)
    throw new RangeError("A law needs points at different distances");
  const alpha = (zz * xy - xz * zy) / determinant;
  const beta = (xx * zy - xz * xy) / determinant;
  const mean = sum((r) => r.gain) / rows.length;
  const left = sum((r) => (r.gain - alpha * r.x - beta * r.z) ** 2);
  const all = sum((r) => (r.gain - mean) ** 2);
  return { alpha, beta, r2: all > 0 ? 1 - left / all : 1 };
}
