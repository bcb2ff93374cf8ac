// expect: a duplicate-token head
import { tf } from "transformer-lab/engine";

export function inductionScore(pattern: tf.Tensor, ids: readonly number[]): tf.Tensor {
  return tf.tidy(() => {
    const targets = ids.map((id, i) => ids.map((_, j) => (j < i && ids[j] === id ? 1 : 0)));
    const rows = targets.filter((row) => row.includes(1)).length;
    const found = tf.sum(pattern.mul(tf.tensor2d(targets)), [1, 2]);
    return found.div(Math.max(1, rows));
  });
}
