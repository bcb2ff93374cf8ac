// expect: exp overflows: exp\(89\)
import { tf } from "transformer-lab/engine";

export function softmax(x: tf.Tensor): tf.Tensor {
  return tf.tidy(() => tf.div(tf.exp(x), tf.sum(tf.exp(x), -1, true)));
}
