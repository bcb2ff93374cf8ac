// expect: left \d tensors behind: .*bool
import { tf } from "transformer-lab/engine";

export function logSumExp(x: tf.Tensor, axis = -1, keepDims = false): tf.Tensor {
  const top = tf.max(x, axis, true);
  const shift = tf.where(tf.isFinite(top), top, tf.zerosLike(top));
  const sum = tf.add(tf.log(tf.sum(tf.exp(tf.sub(x, shift)), axis, true)), shift);
  return keepDims ? sum : tf.squeeze(sum, [axis]);
}
