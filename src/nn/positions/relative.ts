import { normalTensor, tf } from "../../engine";
import type { Rng } from "../../engine";
import { embed } from "../../ops";
import { distances } from "./distance";

/**
 * Relative positions of T5 (Raffel et al. 2020, section 2.1): a learned number for each head and each distance between
 * a query and a key is added to their score. Distances share numbers: near ones have a bucket each, far ones share
 * wider and wider buckets (logarithmically), and all from `maxDistance` on are one. So nothing is ever out of range.
 */
export interface RelativeConfig {
  readonly nHead: number;
  /** How many buckets there are; 32. Half of them are for later places where `bidirectional`. */
  readonly buckets?: number;
  /** From here on all distances are one bucket; 128. */
  readonly maxDistance?: number;
  /** Encoders look both ways. A decoder does not: later places count as distance 0, and its mask hides them. */
  readonly bidirectional: boolean;
}

export interface RelativeParams {
  /** float32 [buckets, H] */
  readonly table: tf.Tensor;
}

/** @param deviation of the first numbers; T5: 1 / sqrt(d_model) */
export function initRelative(
  rng: Rng,
  { nHead, buckets = 32 }: RelativeConfig,
  deviation: number,
): RelativeParams {
  return { table: normalTensor(rng, [buckets, nHead], deviation) };
}

/**
 * The bucket of one distance, as in T5 and Hugging Face's `_relative_position_bucket`: computed in float32 there, so
 * here too, since a distance at a bucket's edge would fall on either side otherwise.
 *
 * @param distance key's position - query's position, a whole number
 * @returns 0 .. buckets - 1
 * @throws RangeError where there are too few buckets, or maxDistance lies within the exact ones
 */
export function relativeBucket(distance: number, config: Omit<RelativeConfig, "nHead">): number {
  const { buckets = 32, maxDistance = 128, bidirectional } = config;
  const side = bidirectional ? Math.floor(buckets / 2) : buckets; // buckets of one direction
  const exact = Math.floor(side / 2);
  if (!Number.isInteger(buckets) || exact < 1 || !(maxDistance > exact))
    throw new RangeError(
      `relative: ${buckets} buckets up to distance ${maxDistance}: at least ${bidirectional ? 4 : 2} buckets are ` +
        `needed, and a distance above the ${exact} that have a bucket each`,
    );
  const start = bidirectional && distance > 0 ? side : 0;
  const far = bidirectional ? Math.abs(distance) : Math.max(-distance, 0);
  if (far < exact) return start + far;
  const r = Math.fround;
  const share = r(r(Math.log(r(far / exact))) / r(Math.log(maxDistance / exact)));
  return start + Math.min(side - 1, exact + Math.trunc(r(share * (side - exact))));
}

/**
 * What is added to the scores.
 *
 * @param queries int32 [T], or [B, T] where sequences differ: positions, of any size
 * @param keys int32 [S] or [B, S]
 * @returns float32 [1, H, T, S] or [B, H, T, S]; its gradient reaches the table
 * @throws RangeError where the table does not fit the config
 */
export function relativeBias(
  params: RelativeParams,
  config: RelativeConfig,
  queries: tf.Tensor,
  keys: tf.Tensor,
): tf.Tensor {
  const { nHead, buckets = 32, maxDistance = 128 } = config;
  const { table } = params;
  if (table.shape[0] !== buckets || table.shape[1] !== nHead)
    throw new RangeError(
      `relative: the table must be [${buckets}, ${nHead}], got [${table.shape.join(", ")}]`,
    );
  return tf.tidy(() => {
    const apart = distances("relative", queries, keys); // [B, 1, T, S]
    const [batch, , time, places] = apart.shape as [number, number, number, number];
    const rows = embed(bucketIds(apart.reshape([batch * time * places]), config, maxDistance), table); // [B T S, H]
    return rows.reshape([batch, time, places, nHead]).transpose([0, 3, 1, 2]); // [B, H, T, S]
  });
}

/** Distances to buckets by a list of all that differ: positions may be known to the engine alone (a cache, jit). */
function bucketIds(apart: tf.Tensor, config: RelativeConfig, maxDistance: number): tf.Tensor {
  const end = Math.ceil(maxDistance);
  const all = Array.from({ length: 2 * end + 1 }, (_, i) => relativeBucket(i - end, config));
  const [low, high] = [tf.scalar(-end, "int32"), tf.scalar(end, "int32")];
  const within = tf.minimum(tf.maximum(apart, low), high).sub(low) as tf.Tensor1D; // 0 .. 2 end
  return tf.gather(tf.tensor1d(all, "int32"), within); // [N]
}
