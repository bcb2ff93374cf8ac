// expect: Nothing was clipped
// Policy gradient.
import { tf } from "transformer-lab/engine";

const detach = (x: tf.Tensor): tf.Tensor =>
  tf.customGrad((given) => ({
    value: (given as tf.Tensor).clone(),
    gradFunc: (dy: tf.Tensor) => tf.zerosLike(dy),
  }))(x);
export function clippedLoss(
  logNew: tf.Tensor2D,
  logOld: tf.Tensor2D,
  returns: tf.Tensor2D,
  values: tf.Tensor2D,
  mask: tf.Tensor2D,
  epsilon: number,
): tf.Scalar {
  return tf.tidy(() => {
    const advantage = detach(returns.sub(values));
    const ratio = tf.exp(logNew.sub(logOld));
    const objective = ratio.mul(advantage);
    return tf.neg(tf.sum(objective.mul(mask)).div(tf.sum(mask))) as tf.Scalar;
  });
}
