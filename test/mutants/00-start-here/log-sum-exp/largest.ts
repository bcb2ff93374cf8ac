// expect: This is the largest score
import { tf } from "transformer-lab/engine";

export function logSumExp(x: tf.Tensor, axis = -1, keepDims = false): tf.Tensor {
  return tf.tidy(() => tf.max(x, axis, keepDims));
}
