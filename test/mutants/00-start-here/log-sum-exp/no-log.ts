// expect: its logarithm is missing
import { tf } from "transformer-lab/engine";

export function logSumExp(x: tf.Tensor, axis = -1, keepDims = false): tf.Tensor {
  return tf.tidy(() => tf.sum(tf.exp(x), axis, keepDims));
}
