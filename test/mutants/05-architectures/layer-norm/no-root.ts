// expect: divided by its variance
import { tf } from "transformer-lab/engine";

export function layerNorm(x: tf.Tensor, gain: tf.Tensor, bias: tf.Tensor, epsilon: number): tf.Tensor {
  return tf.tidy(() => {
    const distances = tf.sub(x, tf.mean(x, -1, true));
    const variance = tf.mean(tf.square(distances), -1, true);
    const normed = tf.div(distances, tf.add(variance, epsilon));
    return tf.add(tf.mul(normed, gain), bias);
  });
}
