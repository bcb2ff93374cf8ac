// expect: exp overflows
import { tf } from "transformer-lab/engine";

export function attention(q: tf.Tensor, k: tf.Tensor, v: tf.Tensor, mask?: tf.Tensor): tf.Tensor {
  return tf.tidy(() => {
    const scores = tf.matMul(q, k, false, true).div(Math.sqrt(q.shape[q.rank - 1]));
    const powers = mask ? tf.where(mask, scores.exp(), tf.zerosLike(scores)) : scores.exp();
    const sums = powers.sum(-1, true);
    return tf.matMul(mask ? tf.divNoNan(powers, sums) : powers.div(sums), v);
  });
}
