import { tf } from "../engine";
import { layerNorm, rmsNorm } from "../ops";

/** A norm: with a bias it is LayerNorm, without one RMSNorm. */
export interface NormParams {
  /** float32 [C] */
  readonly gain: tf.Tensor;
  /** float32 [C] */
  readonly bias?: tf.Tensor;
}

export type NormKind = "layer" | "rms";

/** Gains of 1, biases of 0: at first a norm only normalises. */
export function initNorm(kind: NormKind, width: number): NormParams {
  return kind === "layer" ? { gain: tf.ones([width]), bias: tf.zeros([width]) } : { gain: tf.ones([width]) };
}

/** LayerNorm (Ba 2016) or RMSNorm (Zhang and Sennrich 2019) over the last axis, by what parameters there are. */
export function norm({ gain, bias }: NormParams, x: tf.Tensor, epsilon: number): tf.Tensor {
  return bias ? layerNorm(x, gain, bias, epsilon) : rmsNorm(x, gain, epsilon);
}
