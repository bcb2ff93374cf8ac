// expect: -Infinity - \(-Infinity\) = NaN
import { tf } from "transformer-lab/engine";

export function logSumExp(x: tf.Tensor, axis = -1, keepDims = false): tf.Tensor {
  return tf.tidy(() => {
    const top = tf.max(x, axis, true);
    const log = tf.log(tf.sum(tf.exp(tf.sub(x, top)), axis, true));
    const sum = tf.add(log, top);
    return keepDims ? sum : tf.squeeze(sum, [axis]);
  });
}
