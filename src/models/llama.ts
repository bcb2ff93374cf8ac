import { fork, normalTensor, tf } from "../engine";
import type { Rng } from "../engine";
import { embed, linear, tiedHead } from "../ops";
import type { Weight } from "../ops";
import {
  emptyCache,
  ffn,
  initAttention,
  initDense,
  initFfn,
  initNorm,
  multiHeadAttention,
  norm,
} from "../nn";
import { rope, tap, within } from "../nn";
import type { Activation, AttentionParams, CacheState, Context, DenseParams, FfnParams } from "../nn";
import type { NormKind, NormParams } from "../nn";

/**
 * LLaMA (Touvron 2023, section 2.2): GPT with the norm before each part as RMSNorm, SwiGLU in place of GELU, rotary
 * positions in place of learned ones, and no biases. LLaMA-2 (Touvron 2023b) adds heads that share keys and values.
 * SmolLM2 is a small one; Falcon (Almazrouei 2023) is close: LayerNorm, GELU, one head of keys and values, and both
 * parts of a block beside each other.
 */
export interface LlamaConfig {
  readonly vocabSize: number;
  /** Most tokens that it was trained on; RoPE itself has no table that ends. */
  readonly context: number;
  readonly dModel: number;
  readonly nLayer: number;
  readonly nHead: number;
  /** Heads of keys and values: nHead without it (MHA), 1 is MQA, between is GQA. */
  readonly nKvHead?: number;
  /** dModel / nHead without it. */
  readonly headDim?: number;
  readonly dFfn: number;
  /** Base of RoPE's frequencies; 10000 without it. */
  readonly ropeTheta?: number;
  /** 1e-5 without it. */
  readonly epsilon?: number;
  /** Whether the head is the table of tokens. */
  readonly tied: boolean;
  /** "rms" without it; Falcon: "layer". */
  readonly normKind?: NormKind;
  /** "swiglu" without it; Falcon: "gelu". */
  readonly activation?: Activation;
  /** Falcon: attention and feed-forward read the same norm, side by side: x + attn(norm(x)) + ffn(norm(x)). */
  readonly parallel?: boolean;
}

export interface LlamaBlock<W extends Weight = tf.Tensor> {
  readonly norm1: NormParams;
  readonly attn: AttentionParams<W>;
  /** Not where parts stand side by side. */
  readonly norm2?: NormParams;
  readonly ffn: FfnParams<W>;
}

/** `W`: tensors, or for a model that is only used also packed weights (`packParams`). */
export interface LlamaParams<W extends Weight = tf.Tensor> {
  /** float32 [V, C]; packed: the weight of its transpose, [C, V]. */
  readonly tokens: W;
  readonly blocks: readonly LlamaBlock<W>[];
  readonly norm: NormParams;
  /** [C, V]; none where it is tied. */
  readonly head?: DenseParams<W>;
}

/** Normal first weights with deviation 0.02; the papers do not say how they begin. */
export function initLlama(config: LlamaConfig, rng: Rng): LlamaParams {
  const { vocabSize, dModel, nLayer, nHead, dFfn, tied, parallel = false } = config;
  const { normKind = "rms", activation = "swiglu" } = config;
  const deviation = 0.02;
  const first = { dModel, deviation, outDeviation: deviation / Math.sqrt(2 * nLayer), bias: false };
  const sizes = {
    nHead,
    ...(config.nKvHead === undefined ? {} : { nKvHead: config.nKvHead }),
    ...(config.headDim === undefined ? {} : { headDim: config.headDim }),
  };
  const block = (i: number): LlamaBlock => {
    const own = fork(rng, `blocks.${i}`);
    return {
      norm1: initNorm(normKind, dModel),
      attn: initAttention(fork(own, "attn"), { ...first, ...sizes }),
      ...(parallel ? {} : { norm2: initNorm(normKind, dModel) }),
      ffn: initFfn(fork(own, "ffn"), { ...first, dFfn, activation }),
    };
  };
  return {
    tokens: normalTensor(fork(rng, "tokens"), [vocabSize, dModel], deviation),
    blocks: Array.from({ length: nLayer }, (_, i) => block(i)),
    norm: initNorm(normKind, dModel),
    ...(tied ? {} : { head: initDense(fork(rng, "head"), dModel, vocabSize, { deviation, bias: false }) }),
  };
}

/**
 * The states of the last layer, before the head.
 * @param ids int32 [B, T]
 * @returns float32 [B, T, C]
 * @throws RangeError for ids outside the vocabulary
 */
export function llamaStates(
  params: LlamaParams<Weight>,
  config: LlamaConfig,
  ids: tf.Tensor,
  ctx: Context = {},
): tf.Tensor {
  if (ids.rank !== 2) throw new RangeError(`llama: ids must be [B, T], got [${ids.shape.join(", ")}]`);
  return llamaStack(params, config, tap(ctx, "embed", embed(ids, params.tokens)), ctx);
}

/** All of LLaMA between its table of tokens and its head; without the norm: blocks that others come after. */
export interface LlamaStack<W extends Weight = tf.Tensor> {
  readonly blocks: readonly LlamaBlock<W>[];
  readonly norm?: NormParams;
}

/**
 * The blocks, and the norm at the end where there is one.
 * @param x float32 [B, T, C]: embedded tokens, or what blocks below have made of them
 * @returns float32 [B, T, C]
 */
export function llamaStack(
  params: LlamaStack<Weight>,
  config: LlamaConfig,
  x: tf.Tensor,
  ctx: Context = {},
): tf.Tensor {
  const { ropeTheta: theta = 10000, epsilon = 1e-5, activation = "swiglu" } = config;
  const time = x.shape[1] as number;
  const positions = ctx.cache?.positions(time) ?? tf.range(0, time, 1, "int32"); // [B, T] or [T]
  const rotate = (y: tf.Tensor): tf.Tensor => rope(y, positions, { theta });
  params.blocks.forEach((block, i) => {
    const at = within(ctx, `blocks.${i}`);
    const attend = (y: tf.Tensor): tf.Tensor =>
      multiHeadAttention(block.attn, config, y, within(at, "attn"), { causal: true, rotate });
    const feed = (y: tf.Tensor): tf.Tensor => ffn(block.ffn, y, activation, within(at, "ffn"));
    const normed = tap(at, "norm1", norm(block.norm1, tap(at, "pre", x), epsilon)); // [B, T, C]
    if (block.norm2) {
      x = tap(at, "mid", x.add(attend(normed)));
      x = x.add(feed(tap(at, "norm2", norm(block.norm2, x, epsilon))));
    } else {
      x = x.add(attend(normed)).add(feed(normed));
    }
    x = tap(at, "post", x);
  });
  return params.norm ? tap(ctx, "norm", norm(params.norm, x, epsilon)) : x;
}

/**
 * Scores of each next token.
 * @param ids int32 [B, T]
 * @returns logits float32 [B, T, V]: row t scores what follows token t
 */
export function llama(
  params: LlamaParams<Weight>,
  config: LlamaConfig,
  ids: tf.Tensor,
  ctx: Context = {},
): tf.Tensor {
  return tap(ctx, "logits", llamaHead(params, llamaStates(params, config, ids, ctx))); // [B, T, V]
}

/** Logits [..., V] of states [..., C]: decoding needs those of the last place alone. */
export function llamaHead(params: LlamaParams<Weight>, states: tf.Tensor): tf.Tensor {
  return params.head ? linear(states, params.head.weight) : tiedHead(states, params.tokens);
}

/**
 * Room for `size` tokens of `batch` texts.
 * @param start by text, how many places of padding it has on the left
 */
export function llamaCache(
  config: LlamaConfig,
  batch: number,
  size: number,
  start?: readonly number[],
): CacheState {
  const { nLayer, nHead, nKvHead = nHead, headDim = config.dModel / nHead } = config;
  const names = Array.from({ length: nLayer }, (_, i) => `blocks.${i}.attn`);
  return emptyCache({ names, batch, nKvHead, headDim, size }, start);
}
