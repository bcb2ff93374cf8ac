// expect: NaN|exp overflows|expected
import { tf } from "transformer-lab/engine";

export function logSumExp(x: tf.Tensor, axis = -1, keepDims = false): tf.Tensor {
  return tf.tidy(() => tf.add(tf.log(tf.sum(tf.exp(tf.sub(x, 80)), axis, keepDims)), 80));
}
