/**
 * Lab 04: multi-head attention.
 *
 * Eight functions, and together they are the heart of every transformer: attention itself, its masks, its heads, the
 * heads that share keys, what the cache costs, and a score that finds heads which copy. Replace each `throw` by your
 * code, save, and run the check: in a notebook `await check("04/attention", attention)`, in a terminal
 * `lab grade --lab 04`.
 *
 * Tensors are not collected like other objects. Wrap your work in `tf.tidy(() => ...)`: it frees every tensor made
 * inside, apart from the one that it returns. Leave the arguments as they are. Functions of this file may call each other.
 *
 * Letters of shapes: B texts, T places that look, S places that are looked at, C width of the model, H heads, D = C / H
 * width of a head.
 */

import { tf } from "transformer-lab/engine";

/**
 * 1. Scaled dot-product attention.   Difficulty 3 of 5, importance 5 of 5, about 25 minutes
 *
 * softmax(q k^T / sqrt(D)) v: each row of q is compared with each row of k, and takes a weighted mean of the rows of v.
 * Where the mask is false, looking is forbidden: the place gets weight 0, and the others still add up to 1. So the mask
 * must be in the scores before the softmax: tf.where(mask, scores, -Infinity).
 * A row with nothing allowed (padding) gives zeros. -Infinity alone makes NaN there: 0 / 0.
 * Scores may be 10,000: tf.softmax, which you may use here, knows how to deal with that.
 *
 * attention([[1, 0]], [[1, 0], [0, 1]], [[10], [20]])  ->  [[13.30]]: weights 0.67 and 0.33 = softmax of 0.71 and 0
 *
 * @param q float32 [..., T, D]
 * @param k float32 [..., S, D]
 * @param v float32 [..., S, E]
 * @param mask bool [T, S], true where looking is allowed; everywhere without it
 * @returns float32 [..., T, E]
 *
 * Vaswani et al. (2017), "Attention is all you need", section 3.2.1, equation 1.
 */
export function attention(q: tf.Tensor, k: tf.Tensor, v: tf.Tensor, mask?: tf.Tensor): tf.Tensor {
  // BEGIN SOLUTION compare, scale, mask, softmax, mix
  return tf.tidy(() => {
    const headDim = q.shape[q.rank - 1];
    const scores = tf.matMul(q, k, false, true).div(Math.sqrt(headDim)); // [..., T, S]
    if (mask === undefined) return tf.matMul(tf.softmax(scores), v); // [..., T, E]
    const pattern = tf.softmax(tf.where(mask, scores, tf.fill(scores.shape, -Infinity))); // [..., T, S]
    return tf.matMul(tf.where(mask, pattern, tf.zerosLike(pattern)), v); // [..., T, E]
  });
  // END SOLUTION
}

/**
 * 2. The causal mask.   Difficulty 1 of 5, importance 5 of 5, about 10 minutes
 *
 * Which of `places` places may each of the last `time` ones look at? Itself, and all before it. In training time and
 * places are equal. In decoding the text before is in the cache, and only what is new looks: one row, or a few.
 *
 * causalMask(3, 3)  ->  [[true, false, false], [true, true, false], [true, true, true]]
 * causalMask(1, 3)  ->  [[true, true, true]]: the newest token sees all
 *
 * @param time T, from 1 to places
 * @param places S
 * @returns bool [T, S]
 */
export function causalMask(time: number, places: number): tf.Tensor {
  // BEGIN SOLUTION compare the number of each column with that of each row
  return tf.tidy(() => {
    const rows = tf.range(places - time, places, 1, "int32").expandDims(1); // [T, 1]
    return tf.lessEqual(tf.range(0, places, 1, "int32"), rows); // [T, S]
  });
  // END SOLUTION
}

/**
 * 3. Split into heads.   Difficulty 2 of 5, importance 5 of 5, about 10 minutes
 *
 * A row of C numbers is cut into H pieces of D: head 0 gets the first D numbers of each token, head 1 the next D. Then
 * heads come before tokens, so that one matrix product does all heads at once.
 * A reshape never moves a number: it only cuts the same list differently. What moves them is a transpose.
 *
 * splitHeads([[[1, 2, 3, 4], [5, 6, 7, 8]]], 2)  ->  [[[[1, 2], [5, 6]], [[3, 4], [7, 8]]]]
 *
 * @param x float32 [B, T, C]
 * @param nHead H, which divides C
 * @returns float32 [B, H, T, D]
 */
export function splitHeads(x: tf.Tensor, nHead: number): tf.Tensor {
  // BEGIN SOLUTION cut the last axis in two, then bring the heads forward
  return tf.tidy(() => {
    const [batch, time, width] = x.shape;
    return x.reshape([batch, time, nHead, width / nHead]).transpose([0, 2, 1, 3]); // [B, H, T, D]
  });
  // END SOLUTION
}

/**
 * 4. Multi-head attention.   Difficulty 3 of 5, importance 5 of 5, about 25 minutes
 *
 * Queries, keys and values are x times their weights. Split each into heads, let each head attend (causally), put the
 * heads side by side again, and multiply by the last weights: concat(head_1 ... head_H) W_out.
 * Each head scales by the root of its own width D, not of C.
 *
 * @param x float32 [B, T, C]
 * @param wq float32 [C, C]; wk, wv and wOut too
 * @param nHead H, which divides C
 * @returns float32 [B, T, C]
 *
 * Vaswani et al. (2017), section 3.2.2.
 */
export function multiHeadAttention(
  x: tf.Tensor,
  wq: tf.Tensor,
  wk: tf.Tensor,
  wv: tf.Tensor,
  wOut: tf.Tensor,
  nHead: number,
): tf.Tensor {
  // BEGIN SOLUTION project, split, attend, put together, project
  return tf.tidy(() => {
    const [batch, time, width] = x.shape;
    const rows = x.reshape([batch * time, width]); // [B T, C]: one product for all texts
    const heads = (weight: tf.Tensor): tf.Tensor =>
      splitHeads(tf.matMul(rows, weight).reshape([batch, time, width]), nHead); // [B, H, T, D]
    const mixed = attention(heads(wq), heads(wk), heads(wv), causalMask(time, time)); // [B, H, T, D]
    const together = mixed.transpose([0, 2, 1, 3]).reshape([batch * time, width]); // [B T, C]
    return tf.matMul(together, wOut).reshape([batch, time, width]); // [B, T, C]
  });
  // END SOLUTION
}

/**
 * 5. Heads that share keys.   Difficulty 2 of 5, importance 4 of 5, about 15 minutes
 *
 * In grouped-query attention, H heads of queries share K heads of keys: query heads 0 .. n-1 look at key head 0, the next
 * n at key head 1, with n = H / K. To use plain attention, repeat each head of keys n times, copies side by side.
 * (tf.tile repeats the whole list instead: 0, 1, 0, 1. And beyond four axes it has no gradient.)
 *
 * Heads [a, b] and n = 2  ->  [a, a, b, b]
 *
 * @param x float32 [B, K, S, D]: keys or values
 * @param n how many query heads share one
 * @returns float32 [B, K n, S, D]
 *
 * Ainslie et al. (2023), "GQA", section 2.2; Shazeer (2019), "Fast transformer decoding", for K = 1.
 */
export function repeatKv(x: tf.Tensor, n: number): tf.Tensor {
  // BEGIN SOLUTION an axis of copies right after the axis of heads, then make one axis of both
  return tf.tidy(() => {
    const [batch, heads, places, headDim] = x.shape;
    const flat = x.reshape([batch, heads, 1, places * headDim]); // [B, K, 1, S D]
    return tf.tile(flat, [1, 1, n, 1]).reshape([batch, heads * n, places, headDim]); // [B, K n, S, D]
  });
  // END SOLUTION
}

/** What decides the size of a cache. */
export interface CacheShape {
  readonly nLayer: number;
  /** Heads of queries. */
  readonly nHead: number;
  /** Heads of keys and values; as many as of queries where it is missing. */
  readonly nKvHead?: number;
  /** Numbers in a head. */
  readonly headDim: number;
}

/**
 * 6. The price of a cache.   Difficulty 1 of 5, importance 4 of 5, about 10 minutes
 *
 * A model that writes keeps the keys and the values of all that it has read, in every layer. How many bytes is that?
 *
 * kvCacheBytes({ nLayer: 2, nHead: 4, headDim: 8 }, 1, 10, 2)  ->  2560
 *
 * @param batch texts at once
 * @param places tokens of each text
 * @param bytesPerNumber 4 for float32, 2 for float16
 */
export function kvCacheBytes(
  shape: CacheShape,
  batch: number,
  places: number,
  bytesPerNumber: number,
): number {
  // BEGIN SOLUTION count the numbers of one key, then of all keys and values
  const { nLayer, nHead, nKvHead = nHead, headDim } = shape;
  return 2 * nLayer * batch * places * nKvHead * headDim * bytesPerNumber;
  // END SOLUTION
}

/**
 * 7. A sparse mask.   Difficulty 2 of 5, importance 3 of 5, about 15 minutes
 *
 * The strided pattern: place i sees itself and the `stride` places before it, and every place that is a whole number of
 * strides before it. Nothing after it. Information from any place reaches any later one in two steps, at a price that
 * grows with T times the root of T where the stride is about the root of T.
 *
 * stridedMask(5, 2), row 4  ->  [true, false, true, true, true]
 *
 * @param time T
 * @param stride from 1 up
 * @returns bool [T, T]
 *
 * Child et al. (2019), "Generating long sequences with sparse transformers", section 4.2.
 */
export function stridedMask(time: number, stride: number): tf.Tensor {
  // BEGIN SOLUTION i - j for all pairs; near or a multiple, and not negative
  return tf.tidy(() => {
    const places = tf.range(0, time, 1, "int32");
    const back = places.expandDims(1).sub(places); // [T, T]: i - j
    const near = tf.lessEqual(back, tf.scalar(stride, "int32"));
    const multiple = tf.equal(tf.mod(back, tf.scalar(stride, "int32")), tf.scalar(0, "int32"));
    const earlier = tf.greaterEqual(back, tf.scalar(0, "int32"));
    return tf.logicalAnd(earlier, tf.logicalOr(near, multiple)); // [T, T]
  });
  // END SOLUTION
}

/**
 * 8. Find the heads that copy.   Difficulty 3 of 5, importance 4 of 5, about 20 minutes
 *
 * An induction head at token A looks for an earlier A and at what came after it: in "A B ... A" it looks at B. Its
 * score, for each head: how much attention goes to places j with ids[j - 1] = ids[i] and j < i. This is added up over
 * j, and averaged over the places i that have such a j. Without any such place the score is 0.
 *
 * ids [7, 8, 7]: only place 2 has one, j = 1. The score is pattern[h][2][1].
 *
 * @param pattern float32 [H, T, T]: rows look, columns are looked at
 * @param ids T numbers, the tokens
 * @returns float32 [H]
 *
 * Olsson et al. (2022), "In-context learning and induction heads", "prefix matching".
 */
export function inductionScore(pattern: tf.Tensor, ids: readonly number[]): tf.Tensor {
  // BEGIN SOLUTION a table of ones where such a j is, then sums
  return tf.tidy(() => {
    const targets = ids.map((id, i) => ids.map((_, j) => (j > 0 && j < i && ids[j - 1] === id ? 1 : 0)));
    const rows = targets.filter((row) => row.includes(1)).length;
    const found = tf.sum(pattern.mul(tf.tensor2d(targets)), [1, 2]); // [H]
    return found.div(Math.max(1, rows));
  });
  // END SOLUTION
}
