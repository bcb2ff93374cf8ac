// expect: not divided by sqrt
import { tf } from "transformer-lab/engine";

export function crossAttention(q: tf.Tensor, k: tf.Tensor, v: tf.Tensor, lengths: number[]): tf.Tensor {
  return tf.tidy(() => {
    const [batch, places, width] = k.shape as [number, number, number];
    const scores = tf.mul(tf.matMul(q, k, false, true), width / width);
    const numbers = tf.reshape(tf.range(0, places), [1, 1, places]);
    const real = tf.less(numbers, tf.reshape(tf.tensor1d(lengths), [batch, 1, 1]));
    const open = tf.add(scores, tf.where(real, tf.zerosLike(numbers), tf.fill([1, 1, places], -1e9)));
    return tf.matMul(tf.softmax(open), v);
  });
}
