// expect: Cannot compute gradient
import { tf } from "transformer-lab/engine";

export function applyRope(x: tf.Tensor, positions: readonly number[], base = 10000): tf.Tensor {
  const rows = x.arraySync() as number[][];
  const turned = rows.map((row, t) => {
    const out = [...row];
    for (let i = 0; i < row.length / 2; i++) {
      const angle = positions[t] * base ** ((-2 * i) / row.length);
      out[2 * i] = row[2 * i] * Math.cos(angle) - row[2 * i + 1] * Math.sin(angle);
      out[2 * i + 1] = row[2 * i] * Math.sin(angle) + row[2 * i + 1] * Math.cos(angle);
    }
    return out;
  });
  return tf.tensor2d(turned);
}
