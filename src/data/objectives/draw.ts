import { integer, shuffle, uniform } from "../../engine";
import type { Rng } from "../../engine";

/** Draws that several objectives share. */

/** To the nearest whole number, halves to the even one: what Python and NumPy round to, and so BERT and T5. */
export function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}

/** A whole number from the Poisson distribution: the first k at which the sum of its probabilities passes u. */
export function poisson(rng: Rng, mean: number): number {
  const u = uniform(rng);
  let probability = Math.exp(-mean);
  let sum = probability;
  let k = 0;
  // Rounding may keep the sum a little under 1 for ever.
  while (u >= sum && probability > 0) {
    k++;
    probability *= mean / k;
    sum += probability;
  }
  return k;
}

/** A stretch of a text: the ids from `start` on, without the one at `end`. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/**
 * `total` items cut into `parts` pieces of at least one; every way to cut is as likely as any other.
 * @returns the lengths
 */
export function randomLengths(total: number, parts: number, rng: Rng): number[] {
  const places = Array.from({ length: total - 1 }, (_, i) => i + 1);
  const cuts = shuffle(rng, places)
    .slice(0, parts - 1)
    .sort((a, b) => a - b);
  return [...cuts, total].map((cut, i) => cut - (cuts[i - 1] ?? 0));
}

/**
 * Puts spans of these lengths into a text of `total` ids, in this order, at least `gap` ids apart.
 * The places are drawn as GLM draws them (its `sample_spans`): each on its own, then sorted.
 * @throws RangeError where they do not fit
 */
export function placeSpans(lengths: readonly number[], total: number, gap: number, rng: Rng): Span[] {
  const sum = lengths.reduce((a, b) => a + b, 0);
  const free = total - sum - gap * Math.max(0, lengths.length - 1);
  if (free < 0)
    throw new RangeError(
      `placeSpans: ${lengths.length} spans of ${sum} ids do not fit into ${total} with ${gap} between them`,
    );
  const places = lengths.map(() => integer(rng, free + 1)).sort((a, b) => a - b);
  let offset = 0;
  return lengths.map((length, i) => {
    const start = offset + places[i]!;
    offset += length + gap;
    return { start, end: start + length };
  });
}
