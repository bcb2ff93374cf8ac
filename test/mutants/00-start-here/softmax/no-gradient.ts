// expect: Cannot compute gradient
import { tf } from "transformer-lab/engine";

export function softmax(x: tf.Tensor): tf.Tensor {
  return tf.tidy(() => {
    const rows = x.reshape([-1, x.shape[x.rank - 1] ?? 1]).arraySync() as number[][];
    const all = rows.map((row) => {
      const powers = row.map((v) => Math.exp(v - Math.max(...row)));
      const sum = powers.reduce((a, b) => a + b, 0);
      return powers.map((p) => p / sum);
    });
    return tf.tensor(all).reshape(x.shape);
  });
}
