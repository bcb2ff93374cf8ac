import { fork, shuffle } from "../engine";
import { train } from "../train";
import type { AdamWConfig, Schedule, Training, TrainPrograms, TrainRecord } from "../train";
import type { Policy } from "./policy";
import { rankingBatch, rewardLoss } from "./reward";
import type { ComparedAnswers, RankingBatch, RewardParams } from "./reward";

export interface RewardTraining<P> {
  readonly model: Pick<Policy<P>, "states">;
  /** From `startTraining(initReward(...))`; changed in place. */
  readonly state: Training<RewardParams<P>>;
  readonly compared: readonly ComparedAnswers[];
  /** Most answers of a prompt, K. */
  readonly answers: number;
  /** Most tokens of a text. */
  readonly length: number;
  /** Prompts of a step. */
  readonly batch: number;
  /** How often all of it is seen; 1 without it, as in the paper: more over-fits. */
  readonly epochs?: number;
  /** Highest learning rate; it falls to a tenth along a cosine. */
  readonly peak: number;
  readonly optimizer?: Omit<AdamWConfig, "learningRate">;
  /** Compiled for an earlier run with batches of the same sizes. */
  readonly programs?: TrainPrograms<RewardParams<P>, RankingBatch>;
  readonly stop?: AbortSignal | (() => boolean);
}

/** Of each step: loss, clipping and AdamW, for `trainPrograms`. */
export const rewardStep = <P>(
  model: Pick<Policy<P>, "states">,
  optimizer: Omit<AdamWConfig, "learningRate"> = {},
) => ({
  loss: rewardLoss(model),
  optimizer: { beta2: 0.99, weightDecay: 0.1, decay: "matrices" as const, ...optimizer },
  clip: 1,
});

/**
 * Trains a reward model on comparisons, each epoch in another order; prompts that fill no whole batch are left out.
 * @throws RangeError where there are fewer prompts than a batch has; as `train`
 */
export function trainReward<P>(config: RewardTraining<P>): AsyncGenerator<TrainRecord> {
  const { state, compared, answers, length, batch, epochs = 1, peak, programs, stop } = config;
  const perEpoch = Math.floor(compared.length / batch);
  if (perEpoch < 1)
    throw new RangeError(`trainReward: ${compared.length} prompts are less than a batch of ${batch}`);
  const steps = perEpoch * epochs;
  const schedule: Schedule = { kind: "cosine", peak, warmup: Math.ceil(steps / 10), steps, final: peak / 10 };
  return train<RewardParams<P>, RankingBatch>({
    ...rewardStep(config.model, config.optimizer),
    state,
    steps,
    schedule,
    batch: (step) => {
      const order = shuffle(fork(fork(state.rng, "epoch"), Math.floor(step / perEpoch)), [
        ...compared.keys(),
      ]);
      const at = (step % perEpoch) * batch;
      const own = order.slice(at, at + batch).map((i) => compared[i] as ComparedAnswers);
      return rankingBatch(own, answers, length);
    },
    ...(programs ? { programs } : {}),
    ...(stop ? { stop } : {}),
  });
}
