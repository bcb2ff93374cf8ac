// expect: the axis is always kept
import { tf } from "transformer-lab/engine";

export function logSumExp(x: tf.Tensor, axis = -1, keepDims = false): tf.Tensor {
  return tf.tidy(() => {
    const top = tf.max(x, axis, true);
    const shift = tf.where(tf.isFinite(top), top, tf.zerosLike(top));
    return tf.add(tf.log(tf.sum(tf.exp(tf.sub(x, shift)), axis, true)), shift);
  });
}
