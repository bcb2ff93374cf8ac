// expect: to the end of the cache
// Writes to the last places.
import { tf } from "transformer-lab/engine";

export type CachedStep = {
  readonly out: tf.Tensor; // [H, T, D]
  readonly keys: tf.Tensor; // [H, S, D]
  readonly values: tf.Tensor; // [H, S, D]
};

export function cachedAttention(
  q: tf.Tensor,
  k: tf.Tensor,
  v: tf.Tensor,
  keys: tf.Tensor,
  values: tf.Tensor,
  length: number,
): CachedStep {
  return tf.tidy(() => {
    const [heads, time, headDim] = q.shape as [number, number, number];
    const [, size] = keys.shape as [number, number, number];
    const end = length + time;
    if (end > size) throw new RangeError(`The cache has ${size} places, and ${end} are needed`);
    const write = (cache: tf.Tensor, fresh: tf.Tensor): tf.Tensor => {
      return tf.concat([cache.slice([0, 0, 0], [heads, size - time, headDim]), fresh], 1);
    };
    const [allKeys, allValues] = [write(keys, k), write(values, v)];
    const scores = tf.matMul(q, allKeys, false, true).div(Math.sqrt(headDim)); // [H, T, S]
    const last = tf.range(length, end, 1, "int32").expandDims(1); // [T, 1]: where each new token stands
    const mask = tf.lessEqual(tf.range(0, size, 1, "int32"), last); // [T, S]
    const weights = tf.softmax(tf.where(mask, scores, tf.fill(scores.shape, -Infinity))); // [H, T, S]
    return { out: tf.matMul(weights, allValues), keys: allKeys, values: allValues };
  });
}
