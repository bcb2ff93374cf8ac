import { normalTensor, tf } from "../engine";
import type { Rng } from "../engine";
import { linear } from "../ops";

/** A dense layer: y = x W + b. */
export interface DenseParams {
  /** float32 [I, O] */
  readonly weight: tf.Tensor;
  /** float32 [O] */
  readonly bias?: tf.Tensor;
}

export interface DenseOptions {
  /** Standard deviation of the first weights. GPT and BERT: 0.02, the default. */
  readonly deviation?: number;
  /** Whether there is a bias (zeros at first). */
  readonly bias?: boolean;
}

/** Normal weights and zero biases. */
export function initDense(
  rng: Rng,
  inputs: number,
  outputs: number,
  { deviation = 0.02, bias = true }: DenseOptions = {},
): DenseParams {
  const weight = normalTensor(rng, [inputs, outputs], deviation);
  return bias ? { weight, bias: tf.zeros([outputs]) } : { weight };
}

/** x W + b over the last axis: [..., I] to [..., O]. */
export const dense = (params: DenseParams, x: tf.Tensor): tf.Tensor => linear(x, params.weight, params.bias);
