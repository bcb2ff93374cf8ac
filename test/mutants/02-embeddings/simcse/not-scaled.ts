// expect: not scaled to length 1
// Dot products.
import { tf } from "transformer-lab/engine";

export function simcseLoss(first: tf.Tensor2D, second: tf.Tensor2D, temperature = 0.05): tf.Scalar {
  return tf.tidy(() => {
    const unit = (x: tf.Tensor2D): tf.Tensor2D => x;
    const scores = tf.matMul(unit(first), unit(second), false, true).div(temperature);
    const total = tf.logSumExp(scores, 1);
    const right = tf.sum(scores.mul(tf.eye(first.shape[0])), 1);
    return tf.mean(total.sub(right));
  });
}
