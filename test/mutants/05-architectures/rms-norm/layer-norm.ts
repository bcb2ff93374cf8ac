// expect: A mean was taken away
import { tf } from "transformer-lab/engine";

export function rmsNorm(x: tf.Tensor, gain: tf.Tensor, epsilon: number): tf.Tensor {
  return tf.tidy(() => {
    const y = tf.sub(x, tf.mean(x, -1, true));
    const meanSquare = tf.mean(tf.square(y), -1, true);
    return tf.mul(tf.div(y, tf.sqrt(tf.add(meanSquare, epsilon))), gain);
  });
}
