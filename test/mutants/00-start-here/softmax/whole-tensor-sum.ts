// expect: The whole tensor adds up to 1
import { tf } from "transformer-lab/engine";

export function softmax(x: tf.Tensor): tf.Tensor {
  return tf.tidy(() => {
    const powers = tf.exp(tf.sub(x, tf.max(x)));
    return tf.div(powers, tf.sum(powers));
  });
}
