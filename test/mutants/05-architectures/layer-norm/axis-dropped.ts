// expect: could not be broadcast|whole tensor
import { tf } from "transformer-lab/engine";

export function layerNorm(x: tf.Tensor, gain: tf.Tensor, bias: tf.Tensor, epsilon: number): tf.Tensor {
  return tf.tidy(() => {
    const distances = tf.sub(x, tf.mean(x, -1));
    const variance = tf.mean(tf.square(distances), -1);
    const normed = tf.div(distances, tf.sqrt(tf.add(variance, epsilon)));
    return tf.add(tf.mul(normed, gain), bias);
  });
}
