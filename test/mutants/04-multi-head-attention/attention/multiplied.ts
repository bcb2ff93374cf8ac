// expect: The scores were multiplied by the mask
import { tf } from "transformer-lab/engine";

export function attention(q: tf.Tensor, k: tf.Tensor, v: tf.Tensor, mask?: tf.Tensor): tf.Tensor {
  return tf.tidy(() => {
    const scores = tf.matMul(q, k, false, true).div(Math.sqrt(q.shape[q.rank - 1]));
    return tf.matMul(tf.softmax(mask ? scores.mul(mask.cast("float32")) : scores), v);
  });
}
