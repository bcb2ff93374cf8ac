import { tf } from "../engine";
import { expectRank, expectSize, expectType, rowsOf } from "./check";
import { withGradient } from "./gradient";

/**
 * Layer normalisation over the last axis: y = gain (x - mean) / sqrt(variance + epsilon) + bias, with the variance
 * divided by C (biased), from the centred values (the mean of squares less the squared mean cancels badly).
 *
 * Source: Ba, Kiros, Hinton 2016, equation 4.
 *
 * @param x float32 [..., C]
 * @param gain float32 [C]
 * @param bias float32 [C]
 * @param epsilon added to the variance; 1e-5 in GPT-2, 1e-12 in BERT
 * @returns float32 [..., C]
 */
export function layerNorm(x: tf.Tensor, gain: tf.Tensor, bias: tf.Tensor, epsilon = 1e-5): tf.Tensor {
  expectType("layerNorm", "x", x, "float32");
  expectRank("layerNorm", "x", x, 1);
  const width = x.shape[x.rank - 1] as number;
  for (const [name, tensor] of [
    ["gain", gain],
    ["bias", bias],
  ] as const) {
    expectType("layerNorm", name, tensor, "float32");
    expectRank("layerNorm", name, tensor, 1, 1);
    expectSize("layerNorm", name, tensor, 0, width, "last axis of x");
  }
  return tf.tidy(() => {
    const rows = x.reshape([rowsOf(x), width]); // [N, C]
    return withGradient([rows, gain, bias], () => {
      const centred = rows.sub(tf.mean(rows, -1, true)); // [N, C]
      const inverse = tf.rsqrt(tf.mean(tf.square(centred), -1, true).add(epsilon)); // [N, 1]
      const normed = centred.mul(inverse); // [N, C]
      return {
        value: normed.mul(gain).add(bias), // [N, C]
        save: [normed, inverse, gain],
        backward: (dy, saved) => {
          const [unit, scale, g] = saved as [tf.Tensor, tf.Tensor, tf.Tensor];
          const dUnit = dy.mul(g); // [N, C]
          const along = tf.mean(dUnit.mul(unit), -1, true); // [N, 1]
          const dx = dUnit
            .sub(tf.mean(dUnit, -1, true))
            .sub(unit.mul(along))
            .mul(scale); // [N, C]
          return [dx, tf.sum(dy.mul(unit), 0), tf.sum(dy, 0)];
        },
      };
    }).reshape(x.shape); // [..., C]
  });
}
