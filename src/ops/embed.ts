import { tf } from "../engine";
import { expectRank, expectType } from "./check";
import { withGradient } from "./gradient";
import { safeIds } from "./ids";
import { isPacked, packedRows, weightShape } from "./packed";
import type { Weight } from "./packed";

/**
 * Looks up a row of the table for each id: one-hot(ids) times table, without the one-hot.
 *
 * The gradient adds each output row's gradient to the row that it came from (ScatterNd, since tfjs' own gradient
 * needs UnsortedSegmentSum, which the wasm engine lacks: tfjs issue 8082).
 *
 * @param ids int32 [...], each from 0 to V - 1
 * @param table float32 [V, C], or the packed weight of its transpose, [C, V]: then only the rows looked up are unpacked
 * @returns float32 [..., C]
 * @throws RangeError that names the first id outside the table. On WebGPU ids that already lie on the card, and
 * in a compiled function all ids, cannot be read at once: a bad one then gives a row of NaN.
 */
export function embed(ids: tf.Tensor, table: Weight): tf.Tensor {
  if (!isPacked(table)) {
    expectType("embed", "table", table, "float32");
    expectRank("embed", "table", table, 2, 2);
  }
  const [size, width] = isPacked(table) ? weightShape(table).reverse() : table.shape;
  return tf.tidy(() => {
    const safe = safeIds("embed", "ids", ids, size as number);
    const rows = isPacked(table)
      ? packedRows(table, safe.ids) // [N, C]
      : withGradient([table], () => ({
          value: tf.gather(table, safe.ids), // [N, C]
          save: [safe.ids],
          backward: (dy, [saved]) => {
            const places = (saved as tf.Tensor).reshape([ids.size, 1]) as tf.Tensor2D; // [N, 1]
            return [tf.scatterND(places, dy, table.shape as [number, number])]; // [V, C]
          },
        }));
    const checked = safe.poison ? rows.add(safe.poison) : rows;
    return checked.reshape([...ids.shape, width as number]); // [..., C]
  });
}
