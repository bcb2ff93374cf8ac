// expect: a disposed tensor
import { tf } from "transformer-lab/engine";

export function softmax(x: tf.Tensor): tf.Tensor {
  let result = x;
  tf.tidy(() => {
    const powers = tf.exp(tf.sub(x, tf.max(x, -1, true)));
    result = tf.div(powers, tf.sum(powers, -1, true));
  });
  return result;
}
