// expect: softmax changed its input
import { tf } from "transformer-lab/engine";

export function softmax(x: tf.Tensor): tf.Tensor {
  return tf.tidy(() => {
    const values = x.dataSync();
    const n = x.shape[x.rank - 1] ?? 1;
    for (let row = 0; row < values.length; row += n) {
      const powers = Array.from({ length: n }, (_, j) => values[row + j]);
      const top = Math.max(...powers);
      const sum = powers.reduce((total, v) => total + Math.exp(v - top), 0);
      for (let j = 0; j < n; j++) values[row + j] = Math.exp(powers[j] - top) / sum;
    }
    return tf.tensor(values.slice(), x.shape);
  });
}
