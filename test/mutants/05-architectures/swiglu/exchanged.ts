// expect: Gate and up are exchanged
import { tf } from "transformer-lab/engine";

export function swiglu(x: tf.Tensor, gate: tf.Tensor, up: tf.Tensor, down: tf.Tensor): tf.Tensor {
  return tf.tidy(() => {
    const z = tf.matMul(x, up);
    const hidden = tf.mul(tf.mul(z, tf.sigmoid(z)), tf.matMul(x, gate));
    return tf.matMul(hidden, down);
  });
}
