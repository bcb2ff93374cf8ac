// expect: divided by another row's sum
import { tf } from "transformer-lab/engine";

export function softmax(x: tf.Tensor): tf.Tensor {
  return tf.tidy(() => {
    const top = tf.max(x, -1, x.rank !== 2 || x.shape[0] !== x.shape[1]);
    const powers = tf.exp(tf.sub(x, top));
    const sums = tf.sum(tf.exp(tf.sub(x, tf.max(x, -1, true))), -1, true);
    return tf.div(powers, x.rank === 2 && x.shape[0] === x.shape[1] ? tf.squeeze(sums, [-1]) : sums);
  });
}
