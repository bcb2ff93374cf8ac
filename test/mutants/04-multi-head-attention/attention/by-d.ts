// expect: divided by D, and not by its root
import { tf } from "transformer-lab/engine";

export function attention(q: tf.Tensor, k: tf.Tensor, v: tf.Tensor, mask?: tf.Tensor): tf.Tensor {
  return tf.tidy(() => {
    const scores = tf.matMul(q, k, false, true).div(q.shape[q.rank - 1]);
    if (mask === undefined) return tf.matMul(tf.softmax(scores), v);
    const pattern = tf.softmax(tf.where(mask, scores, tf.fill(scores.shape, -Infinity)));
    return tf.matMul(tf.where(mask, pattern, tf.zerosLike(pattern)), v);
  });
}
