import { tf } from "../engine";
import { expectRank, expectSize, expectType, rowsOf } from "./check";
import { withGradient } from "./gradient";

/**
 * Root-mean-square normalisation over the last axis: y = gain x / sqrt(mean(x^2) + epsilon). LLaMA's norm: layer
 * normalisation without centring and without bias.
 *
 * Source: Zhang and Sennrich 2019, equation 4; epsilon inside the root as in LLaMA's code.
 *
 * @param x float32 [..., C]
 * @param gain float32 [C]
 * @param epsilon added to the mean of squares; 1e-5 or 1e-6 in the LLaMA family
 * @returns float32 [..., C]
 */
export function rmsNorm(x: tf.Tensor, gain: tf.Tensor, epsilon = 1e-6): tf.Tensor {
  expectType("rmsNorm", "x", x, "float32");
  expectRank("rmsNorm", "x", x, 1);
  const width = x.shape[x.rank - 1] as number;
  expectType("rmsNorm", "gain", gain, "float32");
  expectRank("rmsNorm", "gain", gain, 1, 1);
  expectSize("rmsNorm", "gain", gain, 0, width, "last axis of x");
  return tf.tidy(() => {
    const rows = x.reshape([rowsOf(x), width]); // [N, C]
    return withGradient([rows, gain], () => {
      const inverse = tf.rsqrt(tf.mean(tf.square(rows), -1, true).add(epsilon)); // [N, 1]
      const normed = rows.mul(inverse); // [N, C]
      return {
        value: normed.mul(gain), // [N, C]
        save: [normed, inverse, gain],
        backward: (dy, saved) => {
          const [unit, scale, g] = saved as [tf.Tensor, tf.Tensor, tf.Tensor];
          const dUnit = dy.mul(g); // [N, C]
          const along = tf.mean(dUnit.mul(unit), -1, true); // [N, 1]
          return [dUnit.sub(unit.mul(along)).mul(scale), tf.sum(dy.mul(unit), 0)];
        },
      };
    }).reshape(x.shape); // [..., C]
  });
}
