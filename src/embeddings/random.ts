import { integer } from "../engine";
import type { Rng } from "../engine";

/** A stream of uniform numbers in [0, 1), each a multiple of 2^-32. */
export type Uniform = () => number;

/**
 * A fast stream for inner loops that draw tens of millions of numbers: xorshift128 (Marsaglia 2003, "Xorshift RNGs",
 * section 3), started by four words of `rng`. The same generator gives the same stream, on every machine.
 */
export function fastUniform(rng: Rng): Uniform {
  const word = (): number => integer(rng, 2 ** 32) | 0;
  let x = word() | 1; // a state of four zeros would stay there
  let y = word();
  let z = word();
  let w = word();
  return () => {
    const t = x ^ (x << 11);
    x = y;
    y = z;
    z = w;
    w = w ^ (w >>> 19) ^ t ^ (t >>> 8);
    return (w >>> 0) / 2 ** 32;
  };
}

/**
 * Draws i with probability weights[i] / sum, in constant time: the alias method (Walker 1977; Vose 1991). Every place
 * holds at most two outcomes, so one number picks the place and one more picks the outcome.
 *
 * @throws RangeError where a weight is negative or not finite, or all are 0
 */
export function aliasSampler(weights: ArrayLike<number>, uniform: Uniform): () => number {
  const n = weights.length;
  let sum = 0;
  for (let i = 0; i < n; i++) {
    const weight = weights[i] as number;
    if (!(weight >= 0 && weight < Infinity))
      throw new RangeError(`weight ${i} must be a finite number of 0 or more, got ${weight}`);
    sum += weight;
  }
  if (sum === 0) throw new RangeError("the weights must not all be 0");
  const keep = Float64Array.from(weights, (weight) => (weight * n) / sum);
  const alias = new Int32Array(n);
  const small: number[] = [];
  const large: number[] = [];
  keep.forEach((share, i) => (share < 1 ? small : large).push(i));
  while (small.length > 0 && large.length > 0) {
    const low = small.pop() as number;
    const high = large.pop() as number;
    alias[low] = high;
    keep[high] += keep[low] - 1; // what fills the place of `low` is taken from `high`
    (keep[high] < 1 ? small : large).push(high);
  }
  // What is left is 1 up to rounding, and of weight 0 nothing is left.
  for (const i of [...small, ...large]) keep[i] = 1;
  return () => {
    const place = Math.floor(uniform() * n);
    return uniform() < keep[place] ? place : alias[place];
  };
}
