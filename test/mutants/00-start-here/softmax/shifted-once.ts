// expect: above the fraction line only
import { tf } from "transformer-lab/engine";

export function softmax(x: tf.Tensor): tf.Tensor {
  return tf.tidy(() => tf.div(tf.exp(tf.sub(x, tf.max(x, -1, true))), tf.sum(tf.exp(x), -1, true)));
}
