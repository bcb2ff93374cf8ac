// expect: left 4 tensors behind: \[2, 1\] float32 x2, \[2, 3\] float32 x2.*tf\.tidy
import { tf } from "transformer-lab/engine";

export function softmax(x: tf.Tensor): tf.Tensor {
  const powers = tf.exp(tf.sub(x, tf.max(x, -1, true)));
  return tf.div(powers, tf.sum(powers, -1, true));
}
