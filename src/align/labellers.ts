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
  if (!(temperature >= 0)) throw new RangeError(`labelRanks: temperature must be 0 or more, got ${temperature}`);
  if (temperature === 0) return utilities.map((own) => 1 + utilities.filter((other) => other > own).length);
  const seen = utilities.map((utility, i) => utility / temperature + gumbel(fork(rng, i)));
  return seen.map((own) => 1 + seen.filter((other) => other > own).length);
}

/** A number from Gumbel's distribution: the difference of two is logistic. */
const gumbel = (rng: Rng): number => -Math.log(-Math.log(uniform(rng) || 2 ** -54));

/** How often several labellers put a pair in the same order; ties are left out. */
export function rankAgreement(rankings: readonly (readonly number[])[]): { same: number; pairs: number } {
  let [same, pairs] = [0, 0];
  rankings.forEach((first, a) =>
    rankings.slice(a + 1).forEach((second) => {
      for (let i = 0; i < first.length; i++)
        for (let k = i + 1; k < first.length; k++) {
          const [one, other] = [first[i]! - first[k]!, second[i]! - second[k]!];
          if (one === 0 || other === 0) continue;
          pairs++;
          if (one < 0 === other < 0) same++;
        }
    }),
  );
  return { same, pairs };
}
