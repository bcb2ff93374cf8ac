// expect: Only the first head was copied
import { tf } from "transformer-lab/engine";

export function repeatKv(x: tf.Tensor, n: number): tf.Tensor {
  return tf.tidy(() => {
    const [batch, heads, places, headDim] = x.shape;
    return tf.tile(x.slice([0, 0, 0, 0], [batch, 1, places, headDim]), [1, heads * n, 1, 1]);
  });
}
