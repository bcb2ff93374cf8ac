import { mean, randomLogProbs, randomScores, sum, tolerance } from "../10-pet-verbalizers/numbers";

export { mean, randomLogProbs, randomScores, sum, tolerance };

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
