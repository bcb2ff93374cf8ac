import { tf } from "../../engine";

/**
 * Masks of attention: bool tensors, true where a place (a row) may look at another (a column). They broadcast to
 * [B, H, T, S]: T places that look, S that are looked at.
 */

/**
 * Place t sees places up to its own (Vaswani 2017, section 3.2.3).
 *
 * @param offset the position of the first row among the columns: a number, int32 [] or, by text, int32 [B]. Without it
 *   rows are the last of the places, as in decoding.
 * @returns bool [T, S]; [B, 1, T, S] where the offset is [B]
 * @throws RangeError for sizes that are not whole numbers
 */
export function causalMask(
  time: number,
  places = time,
  offset: number | tf.Tensor = places - time,
): tf.Tensor {
  return tf.tidy(() => {
    const columns = range(places, "places"); // [S]
    const rows = range(time, "time").expandDims(1); // [T, 1]
    if (typeof offset === "number") return tf.lessEqual(columns, rows.add(tf.scalar(offset, "int32"))); // [T, S]
    if (offset.rank === 0) return tf.lessEqual(columns, rows.add(offset)); // [T, S]
    return tf.lessEqual(columns, rows.add(byText(offset, "offset"))); // [B, 1, T, S]
  });
}

/**
 * Nobody sees the padding at the end of a text.
 *
 * @param lengths int32 [B]: how many places of each text count
 * @param places how many there are, S
 * @returns bool [B, 1, 1, S]
 * @throws RangeError where lengths are not [B]
 */
export function paddingMask(lengths: tf.Tensor, places: number): tf.Tensor {
  return tf.tidy(() => tf.less(range(places, "places"), byText(lengths, "lengths")));
}

/**
 * The same from ids, wherever the padding stands.
 *
 * @param ids int32 [B, S]
 * @param padId the id that fills
 * @returns bool [B, 1, 1, S]
 * @throws RangeError where ids are not [B, S]
 */
export function paddingMaskOfIds(ids: tf.Tensor, padId: number): tf.Tensor {
  if (ids.rank !== 2) throw new RangeError(`mask: ids must be [B, S], got [${ids.shape.join(", ")}]`);
  const [batch, places] = ids.shape as [number, number];
  return tf.tidy(() => tf.notEqual(ids, tf.scalar(padId, "int32")).reshape([batch, 1, 1, places]));
}

/** Looking is allowed where both, or all, masks allow it. The shape is that to which they broadcast. */
export function both(first: tf.Tensor, ...others: readonly tf.Tensor[]): tf.Tensor {
  return tf.tidy(() => others.reduce((all, mask) => tf.logicalAnd(all, mask), first.clone()));
}

/** Looking is allowed where any of the masks allows it. */
export function either(first: tf.Tensor, ...others: readonly tf.Tensor[]): tf.Tensor {
  return tf.tidy(() => others.reduce((all, mask) => tf.logicalOr(all, mask), first.clone()));
}

/** int32 [size]: 0, 1, ... */
export function range(size: number, name: string): tf.Tensor {
  if (!Number.isInteger(size) || size < 1)
    throw new RangeError(`mask: ${name} must be a whole number from 1 up, got ${size}`);
  return tf.range(0, size, 1, "int32");
}

/** [B] to [B, 1, 1, 1]. */
export function byText(numbers: tf.Tensor, name: string): tf.Tensor {
  if (numbers.rank !== 1 || numbers.dtype !== "int32")
    throw new RangeError(
      `mask: ${name} must be int32 [B], got ${numbers.dtype} [${numbers.shape.join(", ")}]`,
    );
  return numbers.reshape([numbers.shape[0] as number, 1, 1, 1]);
}
