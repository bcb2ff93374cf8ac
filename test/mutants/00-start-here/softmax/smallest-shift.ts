// expect: The SMALLEST score was taken away
import { tf } from "transformer-lab/engine";

export function softmax(x: tf.Tensor): tf.Tensor {
  return tf.tidy(() => {
    const powers = tf.exp(tf.sub(x, tf.min(x, -1, true)));
    return tf.div(powers, tf.sum(powers, -1, true));
  });
}
