// expect: NaN
import { tf } from "transformer-lab/engine";

export function attention(q: tf.Tensor, k: tf.Tensor, v: tf.Tensor, mask?: tf.Tensor): tf.Tensor {
  return tf.tidy(() => {
    const scores = tf.matMul(q, k, false, true).div(Math.sqrt(q.shape[q.rank - 1]));
    return tf.matMul(
      tf.softmax(mask ? scores.add(tf.sub(1, mask.cast("float32")).mul(-Infinity)) : scores),
      v,
    );
  });
}
