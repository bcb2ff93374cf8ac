import { tf } from "../engine";
import { expectBroadcast, expectRank, expectSize, expectType } from "./check";
import { withGradient } from "./gradient";
import { softmaxGradient, softmaxMasked } from "./softmax-masked";

export interface AttentionOptions {
  /** Place t sees the places up to t and no later ones; there are then as many queries as keys. */
  readonly causal?: boolean;
  /** bool, true where attention is allowed; any shape that broadcasts to [..., T, S]. */
  readonly mask?: tf.Tensor;
  /** What scores are multiplied by; 1 / sqrt(D) without it. */
  readonly scale?: number;
}

/**
 * Scaled dot-product attention: softmax(q k^T / sqrt(D)) v, over the places that are allowed.
 *
 * Causal attention is computed by blocks of rows, and what lies right of a block's last place is not computed at all:
 * with four blocks 3/8 of all scores. The gradient is written by hand and keeps the probabilities. A query with no
 * allowed place gives zeros, as in `softmaxMasked`.
 *
 * Source: Vaswani et al. 2017, equation 1. Departure: the scale is applied to q, which is the smaller tensor.
 *
 * @param q float32 [..., T, D], with any leading axes (batch, heads)
 * @param k float32 [..., S, D]
 * @param v float32 [..., S, E]
 * @returns float32 [..., T, E]
 */
export function attention(
  q: tf.Tensor,
  k: tf.Tensor,
  v: tf.Tensor,
  options: AttentionOptions = {},
): tf.Tensor {
  const { causal = false, mask, scale = 1 / Math.sqrt(q.shape[q.rank - 1] as number) } = options;
  checkInputs(q, k, v, causal, mask);
  const blocks = rowBlocks(q.shape[q.rank - 2] as number, k.shape[k.rank - 2] as number, causal);
  return withGradient([q, k, v], () => {
    const scaled = q.mul(scale);
    const weights = blocks.map((block) => {
      const scores = tf.matMul(rows(scaled, block.from, block.to), rows(k, 0, block.seen), false, true); // [..., t, s]
      return softmaxMasked(scores, allowed(block, causal, mask));
    });
    const parts = blocks.map(({ seen }, i) => tf.matMul(weights[i] as tf.Tensor, rows(v, 0, seen))); // [..., t, E]
    return {
      value: joined(parts), // [..., T, E]
      save: [scaled, k, v, ...weights],
      backward: (dy, saved) => backward(dy, saved, blocks, scale),
    };
  });
}

/** Rows `from` to `to` of the queries, and the keys that they may see: the first `seen`. */
interface Block {
  readonly from: number;
  readonly to: number;
  readonly seen: number;
}

/** Blocks below 64 rows save less than their products lose: two from 128 rows on, four from 256. */
function rowBlocks(queries: number, keys: number, causal: boolean): Block[] {
  const count = !causal || queries < 128 ? 1 : queries < 256 ? 2 : 4;
  const size = Math.ceil(queries / count);
  return Array.from({ length: count }, (_, i) => {
    const to = Math.min(queries, (i + 1) * size);
    return { from: i * size, to, seen: causal ? to : keys };
  });
}

/** The mask of a block, bool [..., t, s]; undefined where all is allowed. */
function allowed(
  { from, to, seen }: Block,
  causal: boolean,
  mask: tf.Tensor | undefined,
): tf.Tensor | undefined {
  const own =
    mask && columns(mask.shape[mask.rank - 2] === 1 || mask.rank < 2 ? mask : rows(mask, from, to), seen);
  if (!causal) return own;
  const earlier = tf.lessEqual(
    tf.range(0, seen, 1, "int32").reshape([1, seen]),
    tf.range(from, to, 1, "int32").reshape([to - from, 1]),
  ); // [t, s]
  return own ? tf.logicalAnd(own, earlier) : earlier;
}

/**
 * With dP = dO v^T and dS = P (dP - sum_s dP P): dq = scale dS k, dk = dS^T (scale q), dv = P^T dO. Keys and values
 * get a share from each block that sees them.
 */
function backward(dy: tf.Tensor, saved: tf.Tensor[], blocks: readonly Block[], scale: number): tf.Tensor[] {
  const [scaled, k, v, ...weights] = saved as [tf.Tensor, tf.Tensor, tf.Tensor, ...tf.Tensor[]];
  const keys = k.shape[k.rank - 2] as number;
  const shares = blocks.map(({ from, to, seen }, i) => {
    const p = weights[i] as tf.Tensor;
    const dOut = rows(dy, from, to); // [..., t, E]
    const dScores = softmaxGradient(tf.matMul(dOut, rows(v, 0, seen), false, true), p); // [..., t, s]
    return {
      dq: tf.matMul(dScores, rows(k, 0, seen)), // [..., t, D]
      dk: grown(tf.matMul(dScores, rows(scaled, from, to), true, false), keys), // [..., S, D]
      dv: grown(tf.matMul(p, dOut, true, false), keys), // [..., S, E]
    };
  });
  return [
    joined(shares.map(({ dq }) => dq)).mul(scale),
    tf.addN(shares.map(({ dk }) => dk)),
    tf.addN(shares.map(({ dv }) => dv)),
  ];
}

/** Places `from` to `to` of the last axis but one. */
function rows(x: tf.Tensor, from: number, to: number): tf.Tensor {
  if (from === 0 && to === x.shape[x.rank - 2]) return x;
  const begin = x.shape.map((_, axis) => (axis === x.rank - 2 ? from : 0));
  return tf.slice(x, begin, x.shape.map((n, axis) => (axis === x.rank - 2 ? to - from : n))); // prettier-ignore
}

/** The first places of the last axis; an axis of 1 stays. */
function columns(x: tf.Tensor, count: number): tf.Tensor {
  const size = x.shape[x.rank - 1] as number;
  if (x.rank === 0 || size === 1 || size === count) return x;
  return tf.slice(x, x.shape.map(() => 0), [...x.shape.slice(0, -1), count]); // prettier-ignore
}

/** Zeros below, up to `count` rows. */
function grown(x: tf.Tensor, count: number): tf.Tensor {
  const missing = count - (x.shape[x.rank - 2] as number);
  if (missing === 0) return x;
  return tf.pad(x, x.shape.map((_, axis) => [0, axis === x.rank - 2 ? missing : 0])); // prettier-ignore
}

const joined = (parts: tf.Tensor[]): tf.Tensor =>
  parts.length > 1 ? tf.concat(parts, -2) : (parts[0] as tf.Tensor);

function checkInputs(
  q: tf.Tensor,
  k: tf.Tensor,
  v: tf.Tensor,
  causal: boolean,
  mask: tf.Tensor | undefined,
): void {
  for (const [name, tensor] of [
    ["q", q],
    ["k", k],
    ["v", v],
  ] as const) {
    expectType("attention", name, tensor, "float32");
    expectRank("attention", name, tensor, 2);
    expectRank("attention", name, tensor, q.rank, q.rank);
    for (let axis = 0; axis < q.rank - 2; axis++)
      expectSize("attention", name, tensor, axis, q.shape[axis] as number, `axis ${axis} of q`);
  }
  expectSize("attention", "k", k, -1, q.shape[q.rank - 1] as number, "last axis of q");
  expectSize("attention", "v", v, -2, k.shape[k.rank - 2] as number, "keys");
  if (causal)
    expectSize("attention", "k", k, -2, q.shape[q.rank - 2] as number, "queries, since it is causal");
  if (!mask) return;
  expectType("attention", "mask", mask, "bool");
  expectBroadcast("attention", "mask", mask, [...q.shape.slice(0, -1), k.shape[k.rank - 2] as number]);
}
