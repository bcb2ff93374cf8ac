/** Why PPO could not go on. The state is as it was before the iteration. */
export class PpoError extends Error {
  override readonly name = "PpoError";
  constructor(
    readonly reason: "score is not finite" | "loss is not finite" | "KL exploded",
    /** The iteration that failed, from 1. */
    readonly iteration: number,
    message: string,
  ) {
    super(message);
  }
}

const after = "The parameters are as they were before this iteration, and the last checkpoint is untouched.";

export const scoreError = (iteration: number, row: number, score: number): PpoError =>
  new PpoError(
    "score is not finite",
    iteration,
    `PPO stopped in iteration ${iteration}: the reward of answer ${row} is ${score}. ${after} Cure: look at that answer; a reward must be a finite number for every text, the empty one too`,
  );

export const lossError = (iteration: number, loss: number, gradNorm: number, rate: number): PpoError =>
  new PpoError(
    "loss is not finite",
    iteration,
    `PPO stopped in iteration ${iteration}: the loss is ${loss}, the gradient's length ${gradNorm}, at a learning rate of ${rate}. ${after} Cure: a lower learning rate, gradientClip: 1, rewards of a size around 1`,
  );

export const klError = (iteration: number, kl: number, most: number, from: string): PpoError =>
  new PpoError(
    "KL exploded",
    iteration,
    `PPO stopped in iteration ${iteration}: answers lie ${kl.toFixed(1)} nats from ${from}, and maxKl is ${most}. ${after} Cure: a larger beta, a lower learning rate, fewer epochs; or a larger maxKl where that is wanted`,
  );
