// expect: a sign is turned round
import { tf } from "transformer-lab/engine";

export function softmax(x: tf.Tensor): tf.Tensor {
  return tf.tidy(() => {
    const powers = tf.exp(tf.sub(tf.min(x, -1, true), x));
    return tf.div(powers, tf.sum(powers, -1, true));
  });
}
