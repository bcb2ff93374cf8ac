import { tf } from "../engine";
import { expectRank, expectSize, expectType, rowsOf } from "./check";
import { withGradient } from "./gradient";
import { rowIndices, safeIds } from "./ids";

/**
 * Takes one element of each row: y[...] = x[..., ids[...]] (PyTorch's gather on the last axis, with one id a row).
 * Log probabilities of the tokens that were chosen are the common use. tfjs' gatherND has no gradient, so it is here.
 *
 * @param x float32 [..., V]
 * @param ids int32 [...], each from 0 to V - 1
 * @returns float32 [...]
 * @throws RangeError where shapes do not meet, or naming the first id out of range (WebGPU and jit: see `embed`)
 */
export function takeLast(x: tf.Tensor, ids: tf.Tensor): tf.Tensor {
  expectType("takeLast", "x", x, "float32");
  expectRank("takeLast", "x", x, 1);
  expectRank("takeLast", "ids", ids, x.rank - 1, x.rank - 1);
  ids.shape.forEach((_, axis) =>
    expectSize("takeLast", "ids", ids, axis, x.shape[axis] as number, `axis ${axis} of x`),
  );
  const rows = rowsOf(x);
  const width = x.shape[x.rank - 1] as number;
  return tf.tidy(() => {
    const safe = safeIds("takeLast", "ids", ids, width);
    const flat = x.reshape([rows, width]); // [N, V]
    const taken = withGradient([flat], () => {
      const indices = rowIndices(safe.ids); // [N, 2]
      return {
        value: tf.gatherND(flat, indices), // [N]
        save: [indices],
        backward: (dy, [saved]) => [tf.scatterND(saved as tf.Tensor2D, dy, [rows, width])], // [N, V]
      };
    });
    const checked = safe.poison ? taken.add(safe.poison.reshape([rows])) : taken;
    return checked.reshape(ids.shape); // [...]
  });
}
