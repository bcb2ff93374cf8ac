// expect: Cannot compute gradient|gradient
import { tf } from "transformer-lab/engine";

export function repeatKv(x: tf.Tensor, n: number): tf.Tensor {
  return tf.tidy(() => {
    const [batch, heads, places, headDim] = x.shape;
    const values = x.dataSync();
    const copied = Array.from({ length: batch * heads * n * places * headDim }, (_, i) => {
      const inner = places * headDim;
      return values[Math.floor(i / (inner * n)) * inner + (i % inner)];
    });
    return tf.tensor(copied, [batch, heads * n, places, headDim]);
  });
}
