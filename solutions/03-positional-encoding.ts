/**
 * Lab 03: positional encoding.
 *
 * Attention does not know in which order its tokens stand. Eight functions measure that, and tell it: sinusoids, RoPE,
 * ALiBi, T5's buckets, GLM's two positions. Each stands alone. Replace each `throw` by your code, save, and run the
 * check: in a notebook `await check("03/apply-rope", applyRope)`, in a terminal `lab grade --lab 03`.
 *
 * Where a function makes tensors, wrap your work in `tf.tidy(() => ...)`: it frees every tensor made inside, apart from
 * the one that it returns. Leave the arguments as they are.
 */

import { tf } from "transformer-lab/engine";

/**
 * 1. Does order matter?   Difficulty 1 of 5, importance 4 of 5, about 5 minutes
 *
 * A model read T tokens and gave y. Then it read the same tokens in another order, token order[i] at place i, and gave
 * yShuffled. If the model is blind to order, then yShuffled is y with its rows in that order. How far is it from that?
 * Give the largest absolute difference of any number.
 *
 * permutationGap(tf.tensor([[1, 2], [3, 4]]), tf.tensor([[3, 4], [1, 2.5]]), [1, 0])  ->  0.5
 *
 * @param y float32 [T, C]
 * @param yShuffled float32 [T, C]
 * @param order each of 0 .. T - 1 once
 * @returns float32 []: a tensor of one number
 */
export function permutationGap(y: tf.Tensor, yShuffled: tf.Tensor, order: readonly number[]): tf.Tensor {
  // BEGIN SOLUTION take the rows of y in the given order, and compare
  return tf.tidy(() => {
    const expected = tf.gather(y, tf.tensor1d([...order], "int32")); // [T, C]
    return tf.max(tf.abs(tf.sub(yShuffled, expected)));
  });
  // END SOLUTION
}

/**
 * 2. Sinusoids.   Difficulty 2 of 5, importance 4 of 5, about 10 minutes
 *
 * Each place gets a row of sines and cosines, of many wave lengths. Columns 2i and 2i + 1 are a pair: the sine and the
 * cosine of the same angle, pos / 10000^(2i / C), where C is the width and i counts pairs from 0.
 *
 * sinusoids(2, 2)  ->  [[0, 1], [0.841, 0.540]]
 *
 * @param length how many places, from 0 on
 * @param width C, an even number
 * @returns float32 [length, width]
 *
 * Vaswani et al. (2017), "Attention Is All You Need", section 3.5.
 */
export function sinusoids(length: number, width: number): tf.Tensor {
  // BEGIN SOLUTION the angle of each place and pair: its sine in even columns, its cosine in odd ones
  const numbers: number[] = [];
  for (let pos = 0; pos < length; pos++) {
    for (let c = 0; c < width; c++) {
      const angle = pos / 10000 ** ((2 * Math.floor(c / 2)) / width);
      numbers.push(c % 2 === 0 ? Math.sin(angle) : Math.cos(angle));
    }
  }
  return tf.tensor2d(numbers, [length, width]);
  // END SOLUTION
}

/**
 * 3. RoPE.   Difficulty 3 of 5, importance 5 of 5, about 20 minutes
 *
 * Turns each row of x by its position. Columns 2i and 2i + 1 are a pair (a, b), a point in a plane. At position m the
 * pair is turned by the angle m * base^(-2i / D), in radians:
 *   (a, b)  ->  (a cos - b sin, a sin + b cos)
 * Queries and keys go through this before they are multiplied. It is made of tfjs operations, so that a gradient can
 * go back through it; the angles themselves need none.
 *
 * applyRope(tf.tensor([[1, 0]]), [1])  ->  [[0.540, 0.841]]
 *
 * @param x float32 [T, D], D even
 * @param positions the position of each row
 * @returns float32 [T, D]
 *
 * Su et al. (2021), "RoFormer: Enhanced Transformer with Rotary Position Embedding", section 3.2.
 */
export function applyRope(x: tf.Tensor, positions: readonly number[], base = 10000): tf.Tensor {
  // BEGIN SOLUTION cosines and sines of all angles; split the pairs, turn them, put them together again
  return tf.tidy(() => {
    const [time, width] = x.shape;
    const angles = positions.map((m) =>
      Array.from({ length: width / 2 }, (_, i) => m * base ** ((-2 * i) / width)),
    );
    const turn = tf.tensor2d(angles, [time, width / 2]);
    const [cos, sin] = [tf.cos(turn), tf.sin(turn)]; // [T, D/2]
    const pairs = tf.reshape(x, [time, width / 2, 2]);
    const a = tf.reshape(tf.slice(pairs, [0, 0, 0], [time, width / 2, 1]), [time, width / 2]);
    const b = tf.reshape(tf.slice(pairs, [0, 0, 1], [time, width / 2, 1]), [time, width / 2]);
    const first = tf.sub(tf.mul(a, cos), tf.mul(b, sin)); // [T, D/2]
    const second = tf.add(tf.mul(a, sin), tf.mul(b, cos)); // [T, D/2]
    return tf.reshape(tf.stack([first, second], -1), [time, width]); // [T, D/2, 2] to [T, D]
  });
  // END SOLUTION
}

/**
 * 4. A score from the distance alone.   Difficulty 2 of 5, importance 4 of 5, about 10 minutes
 *
 * RoPE turns q by its position m and k by its position n. What is the product of the two turned vectors? It depends on
 * n - m alone, so it can be computed without m and n: leave q as it is, and turn k by `distance` = n - m.
 * Pairs and angles are those of exercise 3. Plain numbers this time, no tensors.
 *
 * ropeScore([1, 0], [0, 1], 1)  ->  -0.841
 *
 * @param q D numbers, D even
 * @param k D numbers
 * @param distance the key's position minus the query's; negative for a key that came before
 *
 * Su et al. (2021), equation 16.
 */
export function ropeScore(
  q: readonly number[],
  k: readonly number[],
  distance: number,
  base = 10000,
): number {
  // BEGIN SOLUTION turn each pair of k by the distance, and multiply with the pair of q
  let score = 0;
  for (let i = 0; i < q.length / 2; i++) {
    const angle = distance * base ** ((-2 * i) / q.length);
    const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
    const [c, d] = [k[2 * i], k[2 * i + 1]];
    score += q[2 * i] * (c * cos - d * sin) + q[2 * i + 1] * (c * sin + d * cos);
  }
  return score;
  // END SOLUTION
}

/**
 * 5. ALiBi's slopes.   Difficulty 2 of 5, importance 3 of 5, about 10 minutes
 *
 * Each head has a slope of its own. For n heads, n a power of two, head h = 1 .. n has 2^(-8h / n): eight heads have
 * 1/2, 1/4, ... 1/256. For another number of heads take the slopes of the power of two below, and fill up with the
 * first, third, fifth, ... of the slopes for the power of two above.
 *
 * alibiSlopes(2)  ->  [1/16, 1/256]
 * alibiSlopes(3)  ->  [1/16, 1/256, 1/4]
 *
 * Press, Smith, Lewis (2022), "Train Short, Test Long", section 3, and the function get_slopes of their code.
 */
export function alibiSlopes(nHead: number): number[] {
  // BEGIN SOLUTION the slopes of the power of two below, filled up from those of the power above
  const powers = (n: number): number[] => Array.from({ length: n }, (_, i) => 2 ** ((-8 * (i + 1)) / n));
  const lower = 2 ** Math.floor(Math.log2(nHead));
  const between = powers(2 * lower).filter((_, i) => i % 2 === 0);
  return [...powers(lower), ...between.slice(0, nHead - lower)];
  // END SOLUTION
}

/**
 * 6. ALiBi's bias.   Difficulty 2 of 5, importance 3 of 5, about 10 minutes
 *
 * What is added to the scores of a causal model: for query i and key j of the head with slope m it is -m * (i - j) where
 * j <= i, and -Infinity where j > i, which a query may not see.
 *
 * alibiBias([0.5], 3)  ->  [[[0, -Inf, -Inf], [-0.5, 0, -Inf], [-1, -0.5, 0]]]
 *
 * @param slopes one for each head
 * @param length T
 * @returns float32 [H, T, T]
 *
 * Press, Smith, Lewis (2022), section 3 and figure 3.
 */
export function alibiBias(slopes: readonly number[], length: number): tf.Tensor {
  // BEGIN SOLUTION for each head, query and key: the distance times the slope, or -Infinity
  const numbers: number[] = [];
  for (const slope of slopes) {
    for (let i = 0; i < length; i++) {
      for (let j = 0; j < length; j++) numbers.push(j <= i ? -slope * (i - j) : -Infinity);
    }
  }
  return tf.tensor3d(numbers, [slopes.length, length, length]);
  // END SOLUTION
}

/**
 * 7. T5's buckets.   Difficulty 3 of 5, importance 3 of 5, about 15 minutes
 *
 * T5 learns one number for each bucket of distances. `distance` is the key's position minus the query's.
 * - Both directions (an encoder): each side has half of the buckets. Keys before the query (and the query itself) have
 *   the lower half, from 0; keys after it the upper half, from buckets / 2. What counts on a side is |distance|.
 * - One direction (a decoder): all buckets are for keys before the query, and what counts is -distance. Keys after it
 *   count as distance 0.
 * Within a side of `side` buckets, the first half, exact = floor(side / 2), is one bucket for each distance. From
 * distance `exact` on the buckets grow with the logarithm:
 *   exact + floor(log(d / exact) / log(maxDistance / exact) * (side - exact)), but at most side - 1
 *
 * relativeBucket(-3, 32, 128, true)  ->  3        relativeBucket(3, 32, 128, true)  ->  19
 * relativeBucket(-40, 32, 128, true)  ->  12      relativeBucket(-40, 32, 128, false)  ->  23
 *
 * Raffel et al. (2020), "Exploring the Limits of Transfer Learning", section 2.1.
 */
export function relativeBucket(
  distance: number,
  buckets: number,
  maxDistance: number,
  bidirectional: boolean,
): number {
  // BEGIN SOLUTION settle the side and how far the key is, then a bucket each while near, logarithms when far
  const side = bidirectional ? Math.floor(buckets / 2) : buckets;
  const start = bidirectional && distance > 0 ? side : 0;
  const apart = bidirectional ? Math.abs(distance) : Math.max(0, -distance);
  const exact = Math.floor(side / 2);
  if (apart < exact) return start + apart;
  const share = Math.log(apart / exact) / Math.log(maxDistance / exact);
  return start + Math.min(side - 1, exact + Math.floor(share * (side - exact)));
  // END SOLUTION
}

/** A blank of GLM: where in Part A its [MASK] stands, and how many tokens the blank holds. */
export interface Span {
  readonly mask: number;
  readonly length: number;
}

/** Two numbers for each token. */
export interface TwoPositions {
  readonly first: number[];
  readonly second: number[];
}

/**
 * 8. GLM's two positions.   Difficulty 2 of 5, importance 3 of 5, about 10 minutes
 *
 * GLM cuts blanks out of a text. Part A is the text with one [MASK] for each blank; Part B has what was cut out, each
 * blank behind a [START], in the order given. Every token has two positions.
 * - first: in Part A its place, from 0; in Part B the place of its blank's [MASK].
 * - second: in Part A 0; in Part B 1 for [START], then 2, 3, ... within the blank.
 * Give those of Part A and then those of Part B.
 *
 * glmPositions(3, [{ mask: 1, length: 2 }])  ->  { first: [0, 1, 2, 1, 1, 1], second: [0, 0, 0, 1, 2, 3] }
 *
 * @param partA tokens of Part A
 * @param spans the blanks, in the order of Part B
 *
 * Du et al. (2022), "GLM: General Language Model Pretraining with Autoregressive Blank Infilling", section 2.1.2.
 */
export function glmPositions(partA: number, spans: readonly Span[]): TwoPositions {
  // BEGIN SOLUTION count Part A; in Part B each token has its [MASK]'s place and counts within its blank
  const first = Array.from({ length: partA }, (_, i) => i);
  const second = first.map(() => 0);
  for (const { mask, length } of spans) {
    for (let i = 0; i <= length; i++) {
      first.push(mask);
      second.push(i + 1);
    }
  }
  return { first, second };
  // END SOLUTION
}
