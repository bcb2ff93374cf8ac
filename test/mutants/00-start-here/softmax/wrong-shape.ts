// expect: Its shape must be \[2, 1, 2\], and this is \[2, 2\]
import { tf } from "transformer-lab/engine";

export function softmax(x: tf.Tensor): tf.Tensor {
  return tf.tidy(() => {
    const rows = tf.reshape(x, [-1, x.shape[x.rank - 1] ?? 1]);
    const powers = tf.exp(tf.sub(rows, tf.max(rows, -1, true)));
    const result = tf.div(powers, tf.sum(powers, -1, true));
    return x.rank === 1 ? tf.reshape(result, x.shape) : result;
  });
}
