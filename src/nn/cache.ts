import { tf, updateAt } from "../engine";

/**
 * Keys and values of all that was read: with them a model reads only what is new. Shapes never change, so that a
 * decoding step compiles once: there is room for `size` places, and a mask hides those still empty.
 *
 * Plain data: a compiled step takes a state and gives the next one back.
 */
export interface CacheState {
  /** By the name of the attention ("blocks.0.attn"): float32 [B, H_kv, S, D] each. */
  readonly layers: Readonly<Record<string, { readonly k: tf.Tensor; readonly v: tf.Tensor }>>;
  /** int32 []: how many places are filled, the same for the whole batch. */
  readonly length: tf.Tensor;
  /** int32 [B]: the first place that counts; those before are padding on the left. */
  readonly start: tf.Tensor;
}

export interface CacheSize {
  /** Names of the attentions that keep keys and values. */
  readonly names: readonly string[];
  readonly batch: number;
  readonly nKvHead: number;
  readonly headDim: number;
  /** Most places. */
  readonly size: number;
}

/**
 * An empty cache.
 * @param start by sequence, how many places of padding its prompt has on the left; none without it
 */
export function emptyCache(
  { names, batch, nKvHead, headDim, size }: CacheSize,
  start?: readonly number[],
): CacheState {
  const empty = (): tf.Tensor => tf.zeros([batch, nKvHead, size, headDim]);
  return {
    layers: Object.fromEntries(names.map((name) => [name, { k: empty(), v: empty() }])),
    length: tf.scalar(0, "int32"),
    start: tf.tensor1d([...(start ?? new Array<number>(batch).fill(0))], "int32"),
  };
}

/** A cache in use by one call of a model. */
export interface KvCache {
  /** int32 [B, T]: the position of each of `time` new tokens, 0 for the first that is no padding. */
  positions(time: number): tf.Tensor;
  /** bool [B, 1, T, S]: which of all places each of `time` new tokens may look at. */
  mask(time: number): tf.Tensor;
  /** Adds the keys and values of the new tokens, [B, H_kv, T, D]; gives back those of all places, [B, H_kv, S, D]. */
  extend(name: string, k: tf.Tensor, v: tf.Tensor): { k: tf.Tensor; v: tf.Tensor };
  /** The state after `time` new tokens, for the next call. */
  next(time: number): CacheState;
}

/**
 * Opens a state for one call. More than `size` tokens in all overwrite the last places: count them before.
 *
 * ```ts
 * const step = jit((params, state, ids) => {
 *   const cache = openCache(state);
 *   const logits = llama(params, config, ids, { cache });
 *   return { logits, state: cache.next(1) };
 * });
 * ```
 */
export function openCache(state: CacheState): KvCache {
  const { length, start } = state;
  const layers: Record<string, { k: tf.Tensor; v: tf.Tensor }> = { ...state.layers };
  const places = (time: number): tf.Tensor => tf.range(0, time, 1, "int32").add(length); // [T]
  const zero = tf.scalar(0, "int32");
  return {
    positions: (time) => tf.maximum(places(time).expandDims(0).sub(start.expandDims(1)), zero), // [B, T]
    mask(time) {
      const size = (Object.values(layers)[0] as { k: tf.Tensor }).k.shape[2] as number;
      const keys = tf.range(0, size, 1, "int32").reshape([1, 1, 1, size]);
      const batch = start.shape[0] as number;
      const earlier = tf.lessEqual(keys, places(time).reshape([1, 1, time, 1])); // [1, 1, T, S]
      return tf.logicalAnd(earlier, tf.greaterEqual(keys, start.reshape([batch, 1, 1, 1]))); // [B, 1, T, S]
    },
    extend(name, k, v) {
      const old = layers[name];
      if (!old)
        throw new Error(`The cache has no place for "${name}": it holds ${Object.keys(layers).join(", ")}`);
      const at = tf.stack([zero, zero, length, zero]); // int32 [4]
      const both = { k: updateAt(old.k, k, at), v: updateAt(old.v, v, at) };
      layers[name] = both;
      return both;
    },
    next: (time) => ({ layers, length: length.add(tf.scalar(time, "int32")), start: start.clone() }),
  };
}
