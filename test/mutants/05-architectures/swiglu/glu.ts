// expect: This is GLU
import { tf } from "transformer-lab/engine";

export function swiglu(x: tf.Tensor, gate: tf.Tensor, up: tf.Tensor, down: tf.Tensor): tf.Tensor {
  return tf.tidy(() => {
    const z = tf.matMul(x, gate);
    const hidden = tf.mul(tf.sigmoid(z), tf.matMul(x, up));
    return tf.matMul(hidden, down);
  });
}
