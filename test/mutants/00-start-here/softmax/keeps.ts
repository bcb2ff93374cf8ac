// expect: left 1 tensor behind: \[2, 3\] float32\.
import { tf } from "transformer-lab/engine";

export function softmax(x: tf.Tensor): tf.Tensor {
  return tf.tidy(() => {
    const powers = tf.keep(tf.exp(tf.sub(x, tf.max(x, -1, true))));
    return tf.div(powers, tf.sum(powers, -1, true));
  });
}
