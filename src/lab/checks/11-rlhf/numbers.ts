import { mean, randomLogProbs, randomScores as scores, sum, tolerance } from "../10-pet-verbalizers/numbers";
import type { Random } from "../random";

export { mean, randomLogProbs, sum, tolerance };

/** Numbers with two digits from -size to size; never -0, which only confuses. */
export const randomScores = (random: Random, count: number, size?: number): number[] =>
  scores(random, count, size).map((score) => score || 0);

export const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

/** -log sigmoid(x), exact for every x. */
export const pairCost = (x: number): number => Math.max(-x, 0) + Math.log1p(Math.exp(-Math.abs(x)));

/** -log sigmoid(x) written as it stands: Infinity where x is far below 0. */
export const plainCost = (x: number): number => Math.log(1 + Math.exp(-x));

/** What is wrong with a loss that stays small where it must be hundreds. */
export const capped = (value: unknown, expected: number): string | undefined =>
  typeof value === "number" && value < 100 && expected > 200
    ? "The loss stops growing where the sigmoid comes near 0: something small was added before the logarithm, or x was clipped. The model would no longer learn from its worst pairs: compute log(1 + exp(-x)) as -x where x is far below 0."
    : undefined;
