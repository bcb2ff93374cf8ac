// expect: Keys and values are exchanged
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
    const places = tf.range(0, time, 1, "int32");
    const mask = tf.lessEqual(places, places.expandDims(1));
    const scores = tf.matMul(heads(wq), heads(wv), false, true).div(Math.sqrt(width / nHead));
    const pattern = tf.softmax(tf.where(mask, scores, tf.fill(scores.shape, -Infinity)));
    const mixed = tf.matMul(pattern, heads(wk));
    const together = mixed.transpose([0, 2, 1, 3]).reshape([batch * time, width]);
    return tf.matMul(together, wOut).reshape([batch, time, width]);
  });
}
