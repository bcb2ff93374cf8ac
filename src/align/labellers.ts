/** Labellers made by a rule: who prefers what is known, so agreement and noise can be measured against it. */
import { fork, uniform } from "../engine";
import type { Rng } from "../engine";

/**
 * Ranks answers as somebody would who sees their worth with noise: utility / temperature plus Gumbel noise, sorted. Of any
 * two answers the better one then wins with probability sigmoid((u_a - u_b) / temperature), the model of Bradley and
 * Terry 1952; a whole ranking follows Plackett and Luce (Luce 1959).
 *
 * @param utilities what the labeller thinks of each answer
 * @param temperature 0: never wrong, equal utilities are ties; the larger, the noisier
 * @returns a rank for each answer, 1 the best
 * @throws RangeError for a negative temperature
 */
export function labelRanks(utilities: readonly number[], temperature: number, rng: Rng): number[] {
  if (!(temperature >= 0))
    throw new RangeError(`labelRanks: temperature must be 0 or more, got ${temperature}`);
  if (temperature === 0) return utilities.map((own) => 1 + utilities.filter((other) => other > own).length);
  const seen = utilities.map((utility, i) => utility / temperature + gumbel(fork(rng, i)));
  return seen.map((own) => 1 + seen.filter((other) => other > own).length);
}

/** A number from Gumbel's distribution: the difference of two is logistic. */
const gumbel = (rng: Rng): number => -Math.log(-Math.log(uniform(rng) || 2 ** -54));
