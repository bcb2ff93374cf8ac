import { tf } from "../../engine";
import { distances } from "./distance";

/**
 * ALiBi, attention with linear biases (Press, Smith and Lewis 2022, section 3): no positions in the embeddings. Each
 * head takes off a score what grows with the distance, by a slope of its own that is fixed and not learned.
 */

/**
 * The slopes of the heads: 2^(-8/n), 2^(-16/n), ... for n heads, where n is a power of two. For another n, those of the
 * next lower power of two, and then every second one of the next higher: as in the paper's code (`get_slopes`).
 *
 * @returns nHead numbers between 0 and 1
 * @throws RangeError unless nHead is a positive whole number
 */
export function alibiSlopes(nHead: number): number[] {
  if (!Number.isInteger(nHead) || nHead < 1)
    throw new RangeError(`alibi: the number of heads must be a positive whole number, got ${nHead}`);
  const powers = (n: number): number[] => Array.from({ length: n }, (_, i) => 2 ** ((-8 * (i + 1)) / n));
  const lower = 2 ** Math.floor(Math.log2(nHead));
  const between = powers(2 * lower).filter((_, i) => i % 2 === 0);
  return [...powers(lower), ...between.slice(0, nHead - lower)];
}

/**
 * What is added to the scores: -slope |query's position - key's position|. The paper has causal models only, where later
 * keys are masked; the absolute value lets encoders look both ways.
 *
 * @param queries int32 [T], or [B, T] where sequences differ: positions, of any size
 * @param keys int32 [S] or [B, S]
 * @returns float32 [1, H, T, S] or [B, H, T, S]
 */
export function alibiBias(nHead: number, queries: tf.Tensor, keys: tf.Tensor): tf.Tensor {
  const slopes = alibiSlopes(nHead);
  return tf.tidy(() => {
    const apart = tf.abs(distances("alibi", queries, keys).cast("float32")); // [B, 1, T, S]
    return apart.mul(tf.tensor(slopes, [1, nHead, 1, 1]).neg()); // [B, H, T, S]
  });
}
