/**
 * Supervised fine-tuning, the first step of InstructGPT: a language model goes on learning, from demonstrations of what is
 * wanted. The loss is that of pretraining with one change: the prompt is read, and only the answer is judged.
 *
 * Ouyang et al. 2022, section 3.5: 16 epochs over 13,000 demonstrations, cosine decay, residual dropout 0.2. They over-fit after
 * one epoch by the loss, and went on, since the reward model's score still rose. Too far, and the model has one answer to each
 * prompt: see chapter 11's fault to diagnose.
 */
import { fork, shuffle } from "../engine";
import type { tf } from "../engine";
import type { LmBatch } from "../data";
import type { Context } from "../nn";
import { crossEntropy } from "../ops";
import { train } from "../train";
import type { AdamWConfig, Schedule, Tensors, Training, TrainRecord } from "../train";
import type { Policy } from "./policy";
import { writtenBatch } from "./rows";
import type { Written } from "./rows";

/**
 * Mean of -log pi(y_t | x, y_<t) over the tokens that are labels, in nats.
 * @returns a loss of parameters and a batch of `writtenBatch`, for `train`
 */
export function sftLoss<P>(policy: Policy<P>) {
  return (params: P, { inputs, labels }: Tensors<LmBatch>, ctx: Context = {}): tf.Scalar =>
    crossEntropy(policy.head(params, policy.states(params, inputs, ctx)), labels);
}

export interface SftTraining<P> {
  readonly model: Policy<P>;
  /** From `startTraining(copy of the base model)`; changed in place. */
  readonly state: Training<P>;
  readonly demonstrations: readonly Written[];
  /** Demonstrations of a step. */
  readonly batch: number;
  /** Places of a row: one less than the longest text has tokens. */
  readonly length: number;
  /** Updates in all. */
  readonly steps: number;
  readonly schedule: Schedule | number;
  readonly optimizer?: Omit<AdamWConfig, "learningRate">;
  readonly stop?: AbortSignal | (() => boolean);
}

/**
 * Trains on demonstrations, each epoch in another order.
 * @throws RangeError where there are fewer demonstrations than a batch has; as `train`
 */
export function trainSft<P>(config: SftTraining<P>): AsyncGenerator<TrainRecord> {
  const { model, state, demonstrations, batch, length, steps, schedule, optimizer, stop } = config;
  const perEpoch = Math.floor(demonstrations.length / batch);
  if (perEpoch < 1)
    throw new RangeError(
      `trainSft: ${demonstrations.length} demonstrations are less than a batch of ${batch}`,
    );
  return train<P, LmBatch>({
    state,
    loss: sftLoss(model),
    batch: (step) => {
      const order = shuffle(fork(fork(state.rng, "epoch"), Math.floor(step / perEpoch)), demonstrations);
      const at = (step % perEpoch) * batch;
      return writtenBatch(order.slice(at, at + batch), length, "answers");
    },
    steps,
    schedule,
    clip: 1,
    ...(optimizer ? { optimizer } : {}),
    ...(stop ? { stop } : {}),
  });
}
