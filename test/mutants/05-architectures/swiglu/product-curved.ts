// expect: SiLU was taken of the product
import { tf } from "transformer-lab/engine";

export function swiglu(x: tf.Tensor, gate: tf.Tensor, up: tf.Tensor, down: tf.Tensor): tf.Tensor {
  return tf.tidy(() => {
    const z = tf.mul(tf.matMul(x, gate), tf.matMul(x, up));
    return tf.matMul(tf.mul(z, tf.sigmoid(z)), down);
  });
}
