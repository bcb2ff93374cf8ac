// expect: the causal mask is missing
import { tf } from "transformer-lab/engine";

export function multiHeadAttention(
  x: tf.Tensor,
  wq: tf.Tensor,
  wk: tf.Tensor,
  wv: tf.Tensor,
  wOut: tf.Tensor,
  nHead: number,
): tf.Tensor {
  return tf.tidy(() => {
    const [batch, time, width] = x.shape;
    const rows = x.reshape([batch * time, width]);
    const heads = (w: tf.Tensor): tf.Tensor => {
      const all = tf.matMul(rows, w);
      return all.reshape([batch, time, nHead, width / nHead]).transpose([0, 2, 1, 3]);
    };
    const scores = tf.matMul(heads(wq), heads(wk), false, true).div(Math.sqrt(width / nHead));
    const pattern = tf.softmax(scores);
    const mixed = tf.matMul(pattern, heads(wv));
    const together = mixed.transpose([0, 2, 1, 3]).reshape([batch * time, width]);
    return tf.matMul(together, wOut).reshape([batch, time, width]);
  });
}
