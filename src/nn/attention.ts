import { fork, tf } from "../engine";
import type { Rng } from "../engine";
import { attention, softmaxMasked } from "../ops";
import type { Weight } from "../ops";
import { drop, tap } from "./context";
import type { Context } from "./context";
import { dense, initDense } from "./dense";
import type { DenseParams } from "./dense";
import { both, causalMask } from "./masks";

/**
 * Multi-head attention. Symbols of Vaswani et al. 2017, section 3.2.2: h = nHead, d_model = dModel, d_k = d_v = headDim.
 *
 * One number makes three kinds of it: as many heads of keys and values as of queries is multi-head attention (MHA),
 * one is multi-query attention (MQA; Shazeer 2019), any divisor between is grouped-query attention (GQA; Ainslie 2023).
 */
export interface AttentionConfig {
  readonly nHead: number;
  /** Heads of keys and values; nHead without it. Divides nHead. */
  readonly nKvHead?: number;
  /** What scores are multiplied by; 1 / sqrt(headDim) without it. T5 has 1. */
  readonly scale?: number;
}

export interface AttentionParams<W extends Weight = tf.Tensor> {
  /** [C, H D] */
  readonly q: DenseParams<W>;
  /** [C, H_kv D], or from the width of another model's states */
  readonly k: DenseParams<W>;
  /** [C, H_kv D] */
  readonly v: DenseParams<W>;
  /** [H D, C] */
  readonly out: DenseParams<W>;
}

export interface AttentionInit extends AttentionConfig {
  readonly dModel: number;
  /** dModel / nHead without it. */
  readonly headDim?: number;
  /** Width of what is looked at in cross attention; dModel without it. */
  readonly dMemory?: number;
  readonly bias: boolean;
  /** Deviation of the first weights. */
  readonly deviation: number;
  /** That of the last layer, which adds to the residual stream; as the others without it. */
  readonly outDeviation?: number;
}

export function initAttention(rng: Rng, config: AttentionInit): AttentionParams {
  const {
    dModel,
    nHead,
    nKvHead = nHead,
    headDim = dModel / nHead,
    dMemory = dModel,
    bias,
    deviation,
  } = config;
  if (!Number.isInteger(headDim))
    throw new RangeError(`attention: dModel ${dModel} must be a multiple of nHead ${nHead}, or say headDim`);
  const part = (name: string, inputs: number, outputs: number, by = deviation): DenseParams =>
    initDense(fork(rng, name), inputs, outputs, { deviation: by, bias });
  return {
    q: part("q", dModel, nHead * headDim),
    k: part("k", dMemory, nKvHead * headDim),
    v: part("v", dMemory, nKvHead * headDim),
    out: part("out", nHead * headDim, dModel, config.outDeviation),
  };
}

export interface AttentionInput {
  /** float32 [B, S, C']: what is looked at in cross attention; x itself without it. */
  readonly memory?: tf.Tensor;
  /** Place t sees places up to t. With a cache this is so anyway. */
  readonly causal?: boolean;
  /** bool, true where looking is allowed; broadcasts to [B, H, T, S]. */
  readonly mask?: tf.Tensor;
  /** float32, added to the scores (ALiBi, T5's relative positions); broadcasts to [B, H, T, S]. */
  readonly bias?: tf.Tensor;
  /** Turns queries and keys by their positions (RoPE): [B, H, T, D] to the same. */
  readonly rotate?: (x: tf.Tensor) => tf.Tensor;
  /** Dropout of the probabilities. */
  readonly rate?: number;
}

/**
 * MultiHead(x) = concat(head_1 .. head_h) W_out with head_i = softmax(q_i k_i^T / sqrt(D)) v_i.
 *
 * Shows `q` [B, H, T, D], `k` and `v` [B, H_kv, S, D], `scores` and `pattern` [B, H, T, S], `mixed` [B, H, T, D], `out`
 * [B, T, C]. Where nobody listens and nothing is dropped or added, scores and pattern are never whole in memory twice:
 * the op `attention` computes the same with less.
 *
 * @param x float32 [B, T, C]
 * @returns float32 [B, T, C]
 * @throws RangeError where heads do not divide
 */
export function multiHeadAttention(
  params: AttentionParams<Weight>,
  config: AttentionConfig,
  x: tf.Tensor,
  ctx: Context = {},
  input: AttentionInput = {},
): tf.Tensor {
  const { nHead, nKvHead = nHead } = config;
  const { memory = x, rotate = (heads) => heads } = input;
  if (nHead % nKvHead !== 0)
    throw new RangeError(`attention: nHead ${nHead} must be a multiple of nKvHead ${nKvHead}`);
  const q = tap(ctx, "q", rotate(splitHeads(dense(params.q, x), nHead))); // [B, H, T, D]
  let k = tap(ctx, "k", rotate(splitHeads(dense(params.k, memory), nKvHead))); // [B, H_kv, S, D]
  let v = tap(ctx, "v", splitHeads(dense(params.v, memory), nKvHead)); // [B, H_kv, S, D]
  let { causal = false, mask } = input;
  if (ctx.cache && memory === x) {
    ({ k, v } = ctx.cache.extend(ctx.scope ?? "", k, v));
    const seen = ctx.cache.mask(x.shape[1] as number); // [B, 1, T, S]
    mask = mask ? both(mask, seen) : seen;
    causal = false;
  }
  const mixed = tap(ctx, "mixed", attend(q, k, v, config, ctx, { ...input, causal, mask })); // [B, H, T, D]
  return tap(ctx, "out", dense(params.out, joinHeads(mixed))); // [B, T, C]
}

interface Looking extends AttentionInput {
  readonly causal: boolean;
  readonly mask: tf.Tensor | undefined;
}

/** softmax(q k^T scale + bias) v, for queries [B, H, T, D], keys and values [B, H_kv, S, D]. */
function attend(
  q: tf.Tensor,
  k: tf.Tensor,
  v: tf.Tensor,
  { scale }: AttentionConfig,
  ctx: Context,
  { causal, mask, bias, rate = 0 }: Looking,
): tf.Tensor {
  const [batch, nHead, time, headDim] = q.shape as [number, number, number, number];
  const nKvHead = k.shape[1] as number;
  const options = { causal, ...(mask ? { mask } : {}), ...(scale === undefined ? {} : { scale }) };
  const open = ctx.tap !== undefined || bias !== undefined || (ctx.rng !== undefined && rate > 0);
  if (!open && time === 1 && nKvHead < nHead && (!mask || mask.shape[1] === 1)) {
    // One query: those that share keys are rows of one product, and keys are not copied.
    const rows = q.reshape([batch, nKvHead, nHead / nKvHead, headDim]); // [B, H_kv, G, D]
    return attention(rows, k, v, options).reshape(q.shape); // [B, H, 1, D]
  }
  const keys = shareHeads(k, nHead);
  const values = shareHeads(v, nHead);
  if (!open) return attention(q, keys, values, options);
  const plain = tf.matMul(q.mul(scale ?? 1 / Math.sqrt(headDim)), keys, false, true); // [B, H, T, S]
  const scores = tap(ctx, "scores", bias ? plain.add(bias) : plain); // [B, H, T, S]
  const pattern = tap(ctx, "pattern", softmaxMasked(scores, allowed(causal, mask, scores.shape))); // [B, H, T, S]
  return tf.matMul(drop(ctx, pattern, rate, "pattern"), values); // [B, H, T, D]
}

function allowed(
  causal: boolean,
  mask: tf.Tensor | undefined,
  shape: readonly number[],
): tf.Tensor | undefined {
  if (!causal) return mask;
  const [time, places] = shape.slice(-2) as [number, number];
  const earlier = causalMask(time, places, 0); // [T, S]
  return mask ? both(mask, earlier) : earlier;
}

/** [B, T, H D] to [B, H, T, D]. */
export function splitHeads(x: tf.Tensor, nHead: number): tf.Tensor {
  const [batch, time, width] = x.shape as [number, number, number];
  return x.reshape([batch, time, nHead, width / nHead]).transpose([0, 2, 1, 3]); // [B, H, T, D]
}

/** [B, H, T, D] to [B, T, H D]. */
export function joinHeads(x: tf.Tensor): tf.Tensor {
  const [batch, nHead, time, headDim] = x.shape as [number, number, number, number];
  return x.transpose([0, 2, 1, 3]).reshape([batch, time, nHead * headDim]); // [B, T, H D]
}

/** Keys or values for each query head: head i of the queries looks at head floor(i / G), G queries a group. */
export function shareHeads(x: tf.Tensor, nHead: number): tf.Tensor {
  const [batch, nKvHead, time, headDim] = x.shape as [number, number, number, number];
  if (nKvHead === nHead) return x;
  const group = nHead / nKvHead;
  const copies = x.reshape([batch, nKvHead, 1, time * headDim]).tile([1, 1, group, 1]); // [B, H_kv, G, S D]
  return copies.reshape([batch, nHead, time, headDim]); // [B, H, S, D]
}
