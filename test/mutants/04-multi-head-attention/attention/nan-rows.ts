// expect: A row with nothing allowed became NaN
import { tf } from "transformer-lab/engine";

export function attention(q: tf.Tensor, k: tf.Tensor, v: tf.Tensor, mask?: tf.Tensor): tf.Tensor {
  return tf.tidy(() => {
    const scores = tf.matMul(q, k, false, true).div(Math.sqrt(q.shape[q.rank - 1]));
    return tf.matMul(tf.softmax(mask ? tf.where(mask, scores, tf.fill(scores.shape, -Infinity)) : scores), v);
  });
}
