// expect: divided by C - 1
import { tf } from "transformer-lab/engine";

export function layerNorm(x: tf.Tensor, gain: tf.Tensor, bias: tf.Tensor, epsilon: number): tf.Tensor {
  return tf.tidy(() => {
    const distances = tf.sub(x, tf.mean(x, -1, true));
    const variance = tf.div(tf.sum(tf.square(distances), -1, true), (x.shape[x.rank - 1] ?? 1) - 1);
    const normed = tf.div(distances, tf.sqrt(tf.add(variance, epsilon)));
    return tf.add(tf.mul(normed, gain), bias);
  });
}
