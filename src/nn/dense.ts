import { normalTensor, tf } from "../engine";
import type { Rng } from "../engine";
import { linear } from "../ops";
import type { Weight } from "../ops";

/** A dense layer: y = x W + b. */
export interface DenseParams<W extends Weight = tf.Tensor> {
  /** [I, O], float32; or packed, for a model that is only used. */
  readonly weight: W;
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
export const dense = (params: DenseParams<Weight>, x: tf.Tensor): tf.Tensor =>
  linear(x, params.weight, params.bias);
