import { fork, normalTensor, tf } from "../engine";
import type { Rng } from "../engine";
import { embed, tiedHead } from "../ops";
import type { Weight } from "../ops";
import {
  drop,
  emptyCache,
  ffn,
  initAttention,
  initFfn,
  initNorm,
  localMask,
  multiHeadAttention,
  norm,
  residual,
  tap,
  within,
} from "../nn";
import type { Activation, AttentionParams, CacheState, Context, FfnParams, NormParams } from "../nn";

/**
 * GPT: a decoder that reads from left to right and predicts the next token.
 *
 * - GPT-1 (Radford 2018, section 3.1): the norm after each part ("post"), none at the end.
 * - GPT-2 (Radford 2019, section 2.3): the norm before each part ("pre"), one at the end, smaller first weights where a
 *   part adds to the residual stream (1 / sqrt(2 nLayer)).
 * - GPT-3 (Brown 2020, section 2.1): as GPT-2, with every second layer looking only at a band of earlier places.
 */
export interface GptConfig {
  readonly vocabSize: number;
  /** Most tokens at once: the rows of the table of positions. */
  readonly context: number;
  readonly dModel: number;
  readonly nLayer: number;
  readonly nHead: number;
  /** Where the norms stand: "post" is GPT-1, "pre" GPT-2 and 3. */
  readonly order: "pre" | "post";
  /** Width of the feed-forward part; 4 dModel without it. */
  readonly dFfn?: number;
  /** "geluTanh" without it, the form that OpenAI's code has. */
  readonly activation?: Activation;
  /** Dropout of embeddings, attention and parts, in training. */
  readonly rate?: number;
  /** 1e-5 without it. */
  readonly epsilon?: number;
  /** GPT-3: layers 1, 3, ... see only this many places, the last ones, themselves included. */
  readonly band?: number;
}

export interface GptBlock<W extends Weight = tf.Tensor> {
  readonly norm1: NormParams;
  readonly attn: AttentionParams<W>;
  readonly norm2: NormParams;
  readonly ffn: FfnParams<W>;
}

/** `W`: tensors, or for a model that is only used also packed weights (`packParams`). */
export interface GptParams<W extends Weight = tf.Tensor> {
  /** float32 [V, C]: also the head, which is tied. Packed: the weight of its transpose, [C, V]. */
  readonly tokens: W;
  /** float32 [context, C] */
  readonly positions: tf.Tensor;
  readonly blocks: readonly GptBlock<W>[];
  /** Not in GPT-1. */
  readonly norm?: NormParams;
}

/** The paper's initialisation: normal with deviation 0.02, biases 0, gains 1. */
export function initGpt(config: GptConfig, rng: Rng): GptParams {
  const {
    vocabSize,
    context,
    dModel,
    nLayer,
    nHead,
    order,
    dFfn = 4 * dModel,
    activation = "geluTanh",
  } = config;
  const deviation = 0.02;
  const outDeviation = order === "pre" ? deviation / Math.sqrt(2 * nLayer) : deviation;
  const first = { dModel, deviation, outDeviation, bias: true };
  const block = (i: number): GptBlock => {
    const own = fork(rng, `blocks.${i}`);
    return {
      norm1: initNorm("layer", dModel),
      attn: initAttention(fork(own, "attn"), { ...first, nHead }),
      norm2: initNorm("layer", dModel),
      ffn: initFfn(fork(own, "ffn"), { ...first, dFfn, activation }),
    };
  };
  return {
    tokens: normalTensor(fork(rng, "tokens"), [vocabSize, dModel], deviation),
    // 0.01 in the code of GPT-2; the paper does not say.
    positions: normalTensor(fork(rng, "positions"), [context, dModel], order === "pre" ? 0.01 : deviation),
    blocks: Array.from({ length: nLayer }, (_, i) => block(i)),
    ...(order === "pre" ? { norm: initNorm("layer", dModel) } : {}),
  };
}

/**
 * The states of the last layer, before the head.
 * @param ids int32 [B, T], T up to the context
 * @returns float32 [B, T, C]
 * @throws RangeError for ids outside the vocabulary and texts longer than the context
 */
export function gptStates(
  params: GptParams<Weight>,
  config: GptConfig,
  ids: tf.Tensor,
  ctx: Context = {},
): tf.Tensor {
  return gptStack(params, config, gptEmbed(params, config, ids, ctx), ctx);
}

/** All of GPT between its tables of tokens and positions and its head: what works on any vectors. */
export type GptStack<W extends Weight = tf.Tensor> = Pick<GptParams<W>, "blocks" | "norm">;
export type GptStackConfig = Omit<GptConfig, "vocabSize" | "context">;

/**
 * The blocks, and the norm at the end where there is one.
 * @param x float32 [B, T, C]: embedded tokens, or other inputs brought to the model's width
 * @returns float32 [B, T, C]
 */
export function gptStack(
  params: GptStack<Weight>,
  config: GptStackConfig,
  x: tf.Tensor,
  ctx: Context = {},
): tf.Tensor {
  const { order, rate = 0, epsilon = 1e-5 } = config;
  params.blocks.forEach((block, i) => {
    const at = within(ctx, `blocks.${i}`);
    const mask = bandMask(config, i, x.shape[1] as number, ctx);
    const attend = (input: tf.Tensor): tf.Tensor => {
      const own = { causal: true, rate, ...(mask ? { mask } : {}) };
      const out = multiHeadAttention(block.attn, config, tap(at, "norm1", input), within(at, "attn"), own);
      return drop(at, out, rate, "attn");
    };
    const feed = (input: tf.Tensor): tf.Tensor =>
      ffn(block.ffn, tap(at, "norm2", input), config.activation ?? "geluTanh", within(at, "ffn"), rate);
    x = residual(order, tap(at, "pre", x), attend, (y) => norm(block.norm1, y, epsilon));
    x = residual(order, tap(at, "mid", x), feed, (y) => norm(block.norm2, y, epsilon));
    x = tap(at, "post", x);
  });
  return params.norm ? tap(ctx, "norm", norm(params.norm, x, epsilon)) : x;
}

/**
 * Scores of each next token.
 * @param ids int32 [B, T]
 * @returns logits float32 [B, T, V]: row t scores what follows token t
 */
export function gpt(
  params: GptParams<Weight>,
  config: GptConfig,
  ids: tf.Tensor,
  ctx: Context = {},
): tf.Tensor {
  const states = gptStates(params, config, ids, ctx); // [B, T, C]
  return tap(ctx, "logits", tiedHead(states, params.tokens)); // [B, T, V]
}

/**
 * Room for `size` tokens of `batch` texts, up to the context.
 * @param start by text, how many places of padding it has on the left
 */
export function gptCache(
  config: GptConfig,
  batch: number,
  size: number,
  start?: readonly number[],
): CacheState {
  const { nLayer, nHead, dModel } = config;
  const names = Array.from({ length: nLayer }, (_, i) => `blocks.${i}.attn`);
  return emptyCache({ names, batch, nKvHead: nHead, headDim: dModel / nHead, size }, start);
}

/** Tokens plus learned positions. */
function gptEmbed(
  params: GptParams<Weight>,
  { context, rate = 0 }: GptConfig,
  ids: tf.Tensor,
  ctx: Context,
): tf.Tensor {
  if (ids.rank !== 2) throw new RangeError(`gpt: ids must be [B, T], got [${ids.shape.join(", ")}]`);
  const time = ids.shape[1] as number;
  if (time > context) throw new RangeError(`gpt: ${time} tokens are more than the context of ${context}`);
  const tokens = tap(ctx, "embed", embed(ids, params.tokens)); // [B, T, C]
  // Padding after a text's end may lie beyond the table; a place of it is as good as any, nobody looks there.
  const rows = ctx.cache
    ? embed(tf.minimum(ctx.cache.positions(time), tf.scalar(context - 1, "int32")), params.positions) // [B, T, C]
    : params.positions.slice([0, 0], [time, -1]); // [T, C]
  return drop(ctx, tokens.add(tap(ctx, "positions", rows)), rate, "embed");
}

/** GPT-3's layers take turns: those with an odd number see a band, bool [T, T]. */
function bandMask(
  { band }: GptStackConfig,
  layer: number,
  time: number,
  ctx: Context,
): tf.Tensor | undefined {
  if (band === undefined || layer % 2 === 0) return undefined;
  if (ctx.cache) throw new Error("gpt: a model with banded layers has no cache");
  return localMask(time, band);
}
