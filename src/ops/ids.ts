import { tf, valuesNow } from "../engine";
import { expectType } from "./check";

/**
 * Ids (of tokens, labels, places) that are safe to look up. Engines differ on a bad id: TensorFlow on a CPU throws,
 * on a GPU gives zeros, wasm reads whatever lies there. So values are checked here, on the host.
 */
export interface SafeIds {
  /** int32 [N], all within 0 .. size - 1; ignored ones are 0. */
  readonly ids: tf.Tensor1D;
  /** float32 [N, 1]: NaN for an id that is out of range, else 0; null where the values were checked. */
  readonly poison: tf.Tensor2D | null;
}

/**
 * Flattens and checks ids. Where values cannot be read at once (WebGPU, after the first use; compiled functions), a
 * bad id cannot throw: it is pulled into the range, and `poison`, to be added to what was looked up, makes its row NaN.
 * Call it inside tf.tidy.
 * @param ignore an id that stands for "none" and is allowed besides 0 .. size - 1
 * @throws RangeError that names the first bad id, its place and the range; TypeError unless int32
 */
export function safeIds(op: string, name: string, tensor: tf.Tensor, size: number, ignore?: number): SafeIds {
  expectType(op, name, tensor, "int32");
  const flat = tensor.reshape([tensor.size]) as tf.Tensor1D; // [N]
  const values = valuesNow(tensor);
  if (values) {
    for (let i = 0; i < values.length; i++) {
      const id = values[i] as number;
      if ((id >= 0 && id < size) || id === ignore) continue;
      throw new RangeError(
        `${op}: ${name}[${placeOf(i, tensor.shape)}] is ${id}, outside 0 to ${size - 1}` +
          (ignore === undefined ? "" : ` (and not the ignored ${ignore})`),
      );
    }
    if (ignore === undefined) return { ids: flat, poison: null };
  }
  const low = tf.scalar(0, "int32");
  const inside = tf.minimum(tf.maximum(flat, low), tf.scalar(size - 1, "int32")) as tf.Tensor1D; // [N]
  if (values) return { ids: inside, poison: null };
  const good = tf.equal(inside, flat);
  const known = ignore === undefined ? good : tf.logicalOr(good, tf.equal(flat, tf.scalar(ignore, "int32")));
  const poison = tf.where(known, tf.zeros([tensor.size]), tf.fill([tensor.size], Number.NaN));
  return { ids: inside, poison: poison.reshape([tensor.size, 1]) as tf.Tensor2D };
}

/** The indices [row, id] for gatherND and scatterND: int32 [N, 2]. */
export function rowIndices(ids: tf.Tensor1D): tf.Tensor2D {
  return tf.stack([tf.range(0, ids.size, 1, "int32"), ids], 1) as tf.Tensor2D;
}

/** A flat place as axis places: 5 in [2, 3] is "1, 2". */
function placeOf(flat: number, shape: readonly number[]): string {
  let rest = flat;
  const place = [...shape].reverse().map((n) => {
    const at = rest % n;
    rest = Math.floor(rest / n);
    return at;
  });
  return place.reverse().join(", ");
}
