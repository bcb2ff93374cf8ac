import type { Random } from "../random";

export const sum = (values: readonly number[]): number => values.reduce((total, each) => total + each, 0);

/** Divided by their sum. */
export const shares = (values: readonly number[]): number[] => values.map((each) => each / sum(values));

/** Numbers with two digits from -size to size, so that a learner can read them. */
export const randomScores = (random: Random, count: number, size = 4): number[] =>
  Array.from({ length: count }, () => Math.round((2 * random.next() - 1) * size * 100) / 100);

/**
 * Probabilities that are a whole number of 64ths: their sums are exact in whatever order they are added, so that no
 * rounding decides whether a bound is reached. Few tokens get most of the mass, some get none.
 */
export function randomShares(random: Random, count: number): number[] {
  const parts = new Array<number>(count).fill(0);
  for (let left = 64; left > 0;) {
    const part = Math.min(left, random.pick([1, 2, 4, 8, 16]));
    parts[random.int(0, count - 1)]! += part;
    left -= part;
  }
  return parts.map((part) => part / 64);
}

/** Probabilities in hundredths, of which none is 0. With a larger `power` one or two tokens get nearly all. */
export function fullShares(random: Random, count: number, power = 2): number[] {
  const wanted = shares(Array.from({ length: count }, () => 0.02 + random.next() ** power));
  const parts = wanted.map((share) => Math.max(1, Math.floor(100 * share)));
  parts[byValue(parts)[0]!]! += 100 - sum(parts);
  return parts.map((part) => part / 100);
}

/** The token at which the sum of the probabilities passes u; the last possible one where they add up to less. */
export function drawn(probabilities: readonly number[], u: number): number {
  const reached = probabilities.findIndex(
    (probability, id) => probability > 0 && u < sum(probabilities.slice(0, id + 1)),
  );
  return reached >= 0 ? reached : probabilities.reduce((last, each, id) => (each > 0 ? id : last), 0);
}

/** Ids by their value, the largest first, and of equal ones the lower id. */
export const byValue = (values: readonly number[]): number[] =>
  [...values.keys()].sort((a, b) => values[b]! - values[a]! || a - b);
