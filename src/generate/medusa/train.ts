import { tf } from "../../engine";
import type { Precision } from "../../engine";
import { randomCrop, stackRows } from "../../data";
import type { Ints } from "../../data";
import type { Decoder } from "../../models";
import { crossEntropy } from "../../ops";
import { train } from "../../train";
import type { Schedule, Training, TrainRecord } from "../../train";
import { medusaScores } from "./heads";
import type { MedusaHeads } from "./heads";

/** Rows of a text, int32 [B, T + K + 1]: T tokens to read, and those that the K heads are to say after the last. */
export interface MedusaBatch {
  readonly ids: Ints;
}

/**
 * The loss of Medusa-1: sum over heads k of lambda^k times the cross entropy of token t + 1 + k, in nats. The model
 * itself is not in it, and no gradient reaches it.
 *
 * Source: Cai et al. 2024 (Medusa), section 2.2.1, equation 1, with lambda_k = 0.8^k.
 *
 * @param ids int32 [B, T + K + 1]
 */
export function medusaLoss<P>(
  heads: MedusaHeads,
  decoder: Decoder<P>,
  ids: tf.Tensor,
  lambda = 0.8,
): tf.Scalar {
  return tf.tidy(() => {
    const losses = headLosses(heads, decoder, ids);
    return tf.addN(losses.map((loss, i) => loss.mul(lambda ** (i + 1)))) as tf.Scalar;
  });
}

/** The cross entropy of each head, in nats. @param ids as in `medusaLoss` */
export function headLosses<P>(heads: MedusaHeads, decoder: Decoder<P>, ids: tf.Tensor): tf.Scalar[] {
  const [batch, length] = ids.shape as [number, number];
  const time = length - heads.heads.length - 1;
  if (time < 1)
    throw new RangeError(
      `medusaLoss: rows of ${length} ids are too short for ${heads.heads.length} heads: give ${heads.heads.length + 2} or more.`,
    );
  const states = decoder.states(decoder.params, ids.slice([0, 0], [batch, time]), {}); // [B, T, C]
  return medusaScores(heads, decoder, states).map((logits, i) =>
    crossEntropy(logits, ids.slice([0, i + 2], [batch, time])),
  );
}

export interface TrainMedusaConfig<P> {
  /** From `startTraining(initMedusa(...), seed)`; changed in place. */
  readonly state: Training<MedusaHeads>;
  /** The model, which stays as it is. */
  readonly decoder: Decoder<P>;
  /** The text, as one row of ids. */
  readonly stream: Int32Array;
  /** Rows of a batch, and tokens that the model reads of each. */
  readonly batch: number;
  readonly length: number;
  readonly steps: number;
  readonly schedule: Schedule | number;
  /** Weight of head k is lambda^k; 0.8 without it. */
  readonly lambda?: number;
  readonly weightDecay?: number;
  readonly clip?: number;
  readonly precision?: Precision;
  readonly evaluate?: { readonly every: number; readonly batches: readonly MedusaBatch[] };
  readonly stop?: AbortSignal | (() => boolean);
}

/**
 * Trains heads on a frozen model (Medusa-1). The model's states are computed within each step, once for all heads; only
 * the heads have gradients and averages.
 * @throws as `train`
 */
export function trainMedusa<P>(config: TrainMedusaConfig<P>): AsyncGenerator<TrainRecord> {
  const {
    state,
    decoder,
    stream,
    batch,
    length,
    lambda,
    weightDecay = 0,
    precision,
    evaluate,
    stop,
  } = config;
  const heads = state.params.heads.length;
  return train<MedusaHeads, MedusaBatch>({
    state,
    loss: (params, { ids }) => medusaLoss(params, decoder, ids, lambda),
    batch: (_, rng) => {
      const rows = Array.from({ length: batch }, () => randomCrop(stream, length + heads + 1, rng));
      return { ids: stackRows(rows, { pad: 0 }) };
    },
    steps: config.steps,
    schedule: config.schedule,
    optimizer: { beta1: 0.9, beta2: 0.99, weightDecay },
    ...(config.clip === undefined ? {} : { clip: config.clip }),
    ...(precision ? { precision } : {}),
    ...(evaluate ? { evaluate } : {}),
    ...(stop ? { stop } : {}),
  });
}
