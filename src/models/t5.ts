import { fork, normalTensor, tf } from "../engine";
import type { Rng } from "../engine";
import { embed, linear } from "../ops";
import { drop, emptyCache, ffn, initDense, initNorm, initRelative, multiHeadAttention, norm } from "../nn";
import { relativeBias, residual, tap, within } from "../nn";
import type { AttentionInput, AttentionParams, CacheState, Context, DenseParams, FfnParams } from "../nn";
import type { NormParams, RelativeParams } from "../nn";
import { checkIds, paddingOf, withoutCache } from "./inputs";

/**
 * T5 (Raffel 2020): an encoder reads a text, a decoder writes another and looks at the encoder's states. Every task is
 * text to text. Against Vaswani 2017 (section 2.1): the norm before each part, with a gain alone and no bias, no
 * biases at all, and relative positions, one table a stack, in place of sinusoids. Scores are not divided by sqrt(D);
 * the first weights are smaller instead.
 *
 * T5 1.1 (Shazeer 2020): a feed-forward part with a gate (GEGLU), and a head of its own.
 */
export interface T5Config {
  readonly vocabSize: number;
  readonly dModel: number;
  /** Blocks of the encoder. */
  readonly nLayer: number;
  /** Blocks of the decoder; nLayer without it. */
  readonly nDecoderLayer?: number;
  readonly nHead: number;
  /** Width of a head: d_kv. nHead of them need not make dModel. */
  readonly headDim: number;
  readonly dFfn: number;
  /** "relu": T5. "gegluTanh": T5 1.1. */
  readonly activation: "relu" | "gegluTanh";
  /** T5: the head is the table of tokens, and states are divided by sqrt(dModel) before it. 1.1: neither. */
  readonly tied: boolean;
  /** Buckets of distances; 32 without it. */
  readonly buckets?: number;
  /** From here on all distances are one bucket; 128 without it. */
  readonly maxDistance?: number;
  /** Dropout of embeddings, attention, parts and the last states, in training. */
  readonly rate?: number;
  /** 1e-6 without it. */
  readonly epsilon?: number;
}

export interface T5Block {
  readonly norm1: NormParams;
  readonly attn: AttentionParams;
  /** These two in the decoder: attention to the encoder's states. */
  readonly normCross?: NormParams;
  readonly cross?: AttentionParams;
  readonly norm2: NormParams;
  readonly ffn: FfnParams;
}

export interface T5Stack {
  /** One table for all its layers. */
  readonly relative: RelativeParams;
  readonly blocks: readonly T5Block[];
  readonly norm: NormParams;
}

export interface T5Params {
  /** float32 [V, C], of both stacks. */
  readonly tokens: tf.Tensor;
  readonly encoder: T5Stack;
  readonly decoder: T5Stack;
  /** [C, V], where it is not tied. */
  readonly head?: DenseParams;
}

/**
 * First weights of Mesh TensorFlow's T5: normal, with a deviation of 1 / sqrt(inputs), and of queries that divided by
 * sqrt(headDim), which is what scores are not divided by. Tokens have 1. Departure: an own head also has
 * 1 / sqrt(inputs), as in T5X; `transformers` gives it 1.
 */
export function initT5(config: T5Config, rng: Rng): T5Params {
  const { vocabSize, dModel, nLayer, nDecoderLayer = nLayer, tied } = config;
  const stack = (name: string, layers: number, crosses: boolean): T5Stack => {
    const own = fork(rng, name);
    return {
      relative: initRelative(
        fork(own, "relative"),
        { ...config, bidirectional: !crosses },
        1 / Math.sqrt(dModel),
      ),
      blocks: Array.from({ length: layers }, (_, i) => initBlock(config, fork(own, `blocks.${i}`), crosses)),
      norm: initNorm("rms", dModel),
    };
  };
  return {
    tokens: normalTensor(fork(rng, "tokens"), [vocabSize, dModel], 1),
    encoder: stack("encoder", nLayer, false),
    decoder: stack("decoder", nDecoderLayer, true),
    ...(tied ? {} : { head: layer(fork(rng, "head"), dModel, vocabSize) }),
  };
}

/** Weights without a bias, deviation 1 / sqrt(inputs) unless told otherwise. */
const layer = (rng: Rng, inputs: number, outputs: number, deviation = 1 / Math.sqrt(inputs)): DenseParams =>
  initDense(rng, inputs, outputs, { deviation, bias: false });

function initBlock(config: T5Config, rng: Rng, crosses: boolean): T5Block {
  const { dModel, nHead, headDim, dFfn, activation } = config;
  const wide = nHead * headDim;
  const attention = (name: string): AttentionParams => {
    const own = fork(rng, name);
    return {
      q: layer(fork(own, "q"), dModel, wide, 1 / Math.sqrt(dModel * headDim)),
      k: layer(fork(own, "k"), dModel, wide),
      v: layer(fork(own, "v"), dModel, wide),
      out: layer(fork(own, "out"), wide, dModel),
    };
  };
  const feed = fork(rng, "ffn");
  return {
    norm1: initNorm("rms", dModel),
    attn: attention("attn"),
    ...(crosses ? { normCross: initNorm("rms", dModel), cross: attention("cross") } : {}),
    norm2: initNorm("rms", dModel),
    ffn: {
      up: layer(fork(feed, "up"), dModel, dFfn),
      ...(activation === "gegluTanh" ? { gate: layer(fork(feed, "gate"), dModel, dFfn) } : {}),
      down: layer(fork(feed, "down"), dFfn, dModel),
    },
  };
}

/** What is known of the text that the encoder reads. */
export interface T5Input {
  /** bool [B, S]: true for tokens, false for padding; no padding without it. */
  readonly mask?: tf.Tensor;
}

/**
 * Scores of each next token of the target, while the encoder reads the source.
 *
 * Names that are shown begin with `encoder.` and `decoder.`; a decoder's block has `cross.*` and `normCross` too.
 *
 * @param ids int32 [B, S], the source
 * @param targets int32 [B, T]: what the decoder reads, which begins with a start token (see `shiftRight`). Padding at
 *   its end changes nothing before.
 * @returns logits float32 [B, T, V]
 * @throws RangeError for ids outside the vocabulary, and a mask that is not [B, S]; TypeError for other types
 */
export function t5(
  params: T5Params,
  config: T5Config,
  ids: tf.Tensor,
  targets: tf.Tensor,
  ctx: Context = {},
  input: T5Input = {},
): tf.Tensor {
  const memory = t5Encode(params, config, ids, ctx, input); // [B, S, C]
  return t5Head(params, config, t5Decode(params, config, targets, memory, ctx, input), ctx); // [B, T, V]
}

/**
 * The encoder: every place looks at every other.
 * @param ids int32 [B, S]
 * @returns float32 [B, S, C]
 */
export function t5Encode(
  params: T5Params,
  config: T5Config,
  ids: tf.Tensor,
  ctx: Context = {},
  { mask }: T5Input = {},
): tf.Tensor {
  checkIds("t5", ids);
  const at = within(withoutCache(ctx), "encoder");
  const places = tf.range(0, ids.shape[1] as number, 1, "int32"); // [S]
  const bias = relativeBias(params.encoder.relative, { ...config, bidirectional: true }, places, places);
  const self = { ...paddingOf("t5", "mask", mask, ids), bias };
  return runStack(params.encoder, config, tap(at, "embed", embed(ids, params.tokens)), at, self);
}

/**
 * The decoder: place t looks at places up to t of its own, and at all of the encoder's states.
 *
 * @param targets int32 [B, T]; with a cache only the new ones
 * @param memory the encoder's states, float32 [B, S, C]
 * @param input the source's mask, as the encoder got it
 * @returns states, float32 [B, T, C]; `t5Head` makes logits of them
 */
export function t5Decode(
  params: T5Params,
  config: T5Config,
  targets: tf.Tensor,
  memory: tf.Tensor,
  ctx: Context = {},
  { mask }: T5Input = {},
): tf.Tensor {
  checkIds("t5", targets, Infinity, "targets");
  const at = within(ctx, "decoder");
  const time = targets.shape[1] as number;
  const queries = ctx.cache?.positions(time) ?? tf.range(0, time, 1, "int32"); // [B, T] or [T]
  const places = ctx.cache ? (ctx.cache.mask(1).shape[3] as number) : time;
  const keys = tf.range(0, places, 1, "int32");
  const bias = relativeBias(params.decoder.relative, { ...config, bidirectional: false }, queries, keys);
  const cross = { memory, ...paddingOf("t5", "mask", mask, memory, "memory") };
  const x = tap(at, "embed", embed(targets, params.tokens)); // [B, T, C]
  return runStack(params.decoder, config, x, at, { causal: true, bias }, cross);
}

/** Logits [..., V] of the decoder's states [..., C]. */
export function t5Head(params: T5Params, config: T5Config, states: tf.Tensor, ctx: Context = {}): tf.Tensor {
  const logits = params.head
    ? linear(states, params.head.weight)
    : linear(states.mul(1 / Math.sqrt(config.dModel)), params.tokens.transpose());
  return tap(ctx, "logits", logits); // [..., V]
}

/** Room for `size` tokens of `batch` targets in the decoder. Its positions begin at 0: no padding on the left. */
export function t5Cache(config: T5Config, batch: number, size: number): CacheState {
  const { nLayer, nDecoderLayer = nLayer, nHead, headDim } = config;
  const names = Array.from({ length: nDecoderLayer }, (_, i) => `decoder.blocks.${i}.attn`);
  return emptyCache({ names, batch, nKvHead: nHead, headDim, size });
}

/** The blocks of a stack, and the norm at its end. Departure: no dropout within the feed-forward part. */
function runStack(
  params: T5Stack,
  config: T5Config,
  embedded: tf.Tensor,
  ctx: Context,
  self: AttentionInput,
  cross?: AttentionInput,
): tf.Tensor {
  const { nHead, rate = 0, epsilon = 1e-6, activation } = config;
  let x = drop(ctx, embedded, rate, "embed"); // [B, T, C]
  params.blocks.forEach((block, i) => {
    const at = within(ctx, `blocks.${i}`);
    const look = (name: "attn" | "cross", part: AttentionParams, y: tf.Tensor, input: AttentionInput) =>
      drop(
        at,
        multiHeadAttention(part, { nHead, scale: 1 }, y, within(at, name), { ...input, rate }),
        rate,
        name,
      );
    const normed = (name: string, own: NormParams) => (y: tf.Tensor) => tap(at, name, norm(own, y, epsilon));
    const { norm1, attn, normCross, cross: crossing, norm2 } = block;
    x = residual("pre", tap(at, "pre", x), (y) => look("attn", attn, y, self), normed("norm1", norm1));
    if (cross && crossing && normCross) {
      const seek = (y: tf.Tensor): tf.Tensor => look("cross", crossing, y, cross);
      x = residual("pre", tap(at, "between", x), seek, normed("normCross", normCross));
    }
    const feed = (y: tf.Tensor): tf.Tensor => ffn(block.ffn, y, activation, within(at, "ffn"), rate);
    x = residual("pre", tap(at, "mid", x), feed, normed("norm2", norm2));
    x = tap(at, "post", x);
  });
  return drop(ctx, tap(ctx, "norm", norm(params.norm, x, epsilon)), rate, "norm");
}
