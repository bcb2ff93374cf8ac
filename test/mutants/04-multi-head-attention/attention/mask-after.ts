// expect: The mask came after the softmax
import { tf } from "transformer-lab/engine";

export function attention(q: tf.Tensor, k: tf.Tensor, v: tf.Tensor, mask?: tf.Tensor): tf.Tensor {
  return tf.tidy(() => {
    const scores = tf.matMul(q, k, false, true).div(Math.sqrt(q.shape[q.rank - 1]));
    const pattern = tf.softmax(scores);
    return tf.matMul(mask ? pattern.mul(mask.cast("float32")) : pattern, v);
  });
}
