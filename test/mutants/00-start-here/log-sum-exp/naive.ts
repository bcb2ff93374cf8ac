// expect: exp overflows above 88
import { tf } from "transformer-lab/engine";

export function logSumExp(x: tf.Tensor, axis = -1, keepDims = false): tf.Tensor {
  return tf.tidy(() => tf.log(tf.sum(tf.exp(x), axis, keepDims)));
}
