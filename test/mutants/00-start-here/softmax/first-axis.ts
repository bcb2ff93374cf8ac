// expect: The columns add up to 1
import { tf } from "transformer-lab/engine";

export function softmax(x: tf.Tensor): tf.Tensor {
  return tf.tidy(() => {
    const powers = tf.exp(tf.sub(x, tf.max(x, 0, true)));
    return tf.div(powers, tf.sum(powers, 0, true));
  });
}
