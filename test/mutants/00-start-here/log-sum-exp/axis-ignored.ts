// expect: `axis` was not used: this is the sum along the last axis
import { tf } from "transformer-lab/engine";

export function logSumExp(x: tf.Tensor, axis = -1, keepDims = false): tf.Tensor {
  return tf.tidy(() => {
    const top = tf.max(x, -1, true);
    const shift = tf.where(tf.isFinite(top), top, tf.zerosLike(top));
    const sum = tf.add(tf.log(tf.sum(tf.exp(tf.sub(x, shift)), -1, true)), shift);
    return keepDims ? sum : tf.squeeze(sum, [-1]);
  });
}
