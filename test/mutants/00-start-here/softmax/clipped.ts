// expect: The scores were clipped
import { tf } from "transformer-lab/engine";

export function softmax(x: tf.Tensor): tf.Tensor {
  return tf.tidy(() => {
    const powers = tf.exp(tf.clipByValue(x, -80, 80));
    return tf.div(powers, tf.sum(powers, -1, true));
  });
}
