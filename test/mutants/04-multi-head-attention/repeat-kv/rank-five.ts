// expect: rank.5|rank-5
import { tf } from "transformer-lab/engine";

export function repeatKv(x: tf.Tensor, n: number): tf.Tensor {
  return tf.tidy(() => {
    const [batch, heads, places, headDim] = x.shape;
    const copies = tf.tile(x.reshape([batch, heads, 1, places, headDim]), [1, 1, n, 1, 1]);
    return copies.reshape([batch, heads * n, places, headDim]);
  });
}
