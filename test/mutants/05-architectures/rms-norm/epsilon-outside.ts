// expect: Epsilon stands outside
import { tf } from "transformer-lab/engine";

export function rmsNorm(x: tf.Tensor, gain: tf.Tensor, epsilon: number): tf.Tensor {
  return tf.tidy(() => {
    const meanSquare = tf.mean(tf.square(x), -1, true);
    return tf.mul(tf.div(x, tf.add(tf.sqrt(meanSquare), epsilon)), gain);
  });
}
