// expect: The softmax went over those who look
import { tf } from "transformer-lab/engine";

export function attention(q: tf.Tensor, k: tf.Tensor, v: tf.Tensor, mask?: tf.Tensor): tf.Tensor {
  return tf.tidy(() => {
    const scores = tf.matMul(q, k, false, true).div(Math.sqrt(q.shape[q.rank - 1]));
    const masked = mask ? tf.where(mask, scores, tf.fill(scores.shape, -Infinity)) : scores;
    const order = masked.shape.map((_, i) => i);
    order.push(...order.splice(-2).reverse());
    return tf.matMul(tf.softmax(masked.transpose(order)).transpose(order), v);
  });
}
