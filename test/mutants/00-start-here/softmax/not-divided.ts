// expect: they do not add up to 1 yet
import { tf } from "transformer-lab/engine";

export function softmax(x: tf.Tensor): tf.Tensor {
  return tf.tidy(() => tf.exp(tf.sub(x, tf.max(x, -1, true))));
}
