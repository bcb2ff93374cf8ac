// expect: could not be broadcast
import { tf } from "transformer-lab/engine";

export function softmax(x: tf.Tensor): tf.Tensor {
  return tf.tidy(() => {
    const powers = tf.exp(tf.sub(x, tf.max(x, -1)));
    return tf.div(powers, tf.sum(powers, -1));
  });
}
