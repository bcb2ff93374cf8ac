// expect: There is no gate
import { tf } from "transformer-lab/engine";

export function swiglu(x: tf.Tensor, gate: tf.Tensor, up: tf.Tensor, down: tf.Tensor): tf.Tensor {
  return tf.tidy(() => {
    const z = tf.matMul(x, gate.shape[0] > 0 ? up : gate);
    return tf.matMul(tf.mul(z, tf.sigmoid(z)), down);
  });
}
