// expect: divided by their sum, without exp
import { tf } from "transformer-lab/engine";

export function softmax(x: tf.Tensor): tf.Tensor {
  return tf.tidy(() => tf.div(x, tf.sum(x, -1, true)));
}
