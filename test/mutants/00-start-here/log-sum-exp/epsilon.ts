// expect: A small number was added inside the logarithm
import { tf } from "transformer-lab/engine";

export function logSumExp(x: tf.Tensor, axis = -1, keepDims = false): tf.Tensor {
  return tf.tidy(() => {
    const top = tf.max(x, axis, true);
    const shift = tf.where(tf.isFinite(top), top, tf.zerosLike(top));
    const sum = tf.add(tf.log(tf.add(tf.sum(tf.exp(tf.sub(x, shift)), axis, true), 1e-8)), shift);
    return keepDims ? sum : tf.squeeze(sum, [axis]);
  });
}
