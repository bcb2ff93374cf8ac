import { tf } from "../../engine";
import { both, byText, causalMask, either, paddingMask, range } from "./basic";

/**
 * A text that is read whole, then goes on from left to right: everybody sees the prefix, the rest sees what is before
 * it (Raffel 2020, section 3.2.1, "prefix LM").
 *
 * @param prefix int32 [B]: how many places the prefix has
 * @param time T, prefix and rest together
 * @returns bool [B, 1, T, T]
 * @throws RangeError where prefix is not [B]
 */
export function prefixLmMask(prefix: tf.Tensor, time: number): tf.Tensor {
  return tf.tidy(() => {
    const known = tf.less(range(time, "time"), byText(prefix, "prefix")); // [B, 1, 1, T]
    return either(causalMask(time), known); // [B, 1, T, T]
  });
}

/**
 * GLM's blank infilling (Du 2022, section 2.1 and figure 2): Part A, the text with blanks, sees all of itself and
 * nothing of Part B; Part B, the spans that were cut out one after another, sees Part A and what is before in Part B.
 * Part B follows Part A at once; padding, if any, is at the end.
 *
 * @param partA int32 [B]: how many places Part A has
 * @param time T, all places
 * @param lengths int32 [B]: Part A and Part B together; T without it
 * @returns bool [B, 1, T, T]
 * @throws RangeError where partA or lengths are not [B]
 */
export function blankInfillingMask(partA: tf.Tensor, time: number, lengths?: tf.Tensor): tf.Tensor {
  return tf.tidy(() => {
    const mask = prefixLmMask(partA, time);
    return lengths ? both(mask, paddingMask(lengths, time)) : mask;
  });
}
