import { fork, normalTensor, tf } from "../engine";
import type { Rng } from "../engine";
import { embed, gelu, linear } from "../ops";
import { dense, drop, ffn, initAttention, initDense, initFfn, initNorm } from "../nn";
import { multiHeadAttention, norm, residual, tap, within } from "../nn";
import type { AttentionParams, Context, DenseParams, FfnParams, NormParams } from "../nn";
import { checkIds, checkLikeIds, paddingOf } from "./inputs";

/**
 * BERT (Devlin 2019): an encoder that reads a text from both sides. It learns by filling in hidden tokens (masked LM)
 * and by telling whether one sentence followed the other (next sentence prediction), section 3.1.
 *
 * MiniLM (Wang 2020) and other sentence encoders are small BERTs without those two heads.
 */
export interface BertConfig {
  readonly vocabSize: number;
  /** Most tokens at once: the rows of the table of positions. 512 in the paper. */
  readonly context: number;
  readonly dModel: number;
  readonly nLayer: number;
  readonly nHead: number;
  /** Width of the feed-forward part; 4 dModel without it. */
  readonly dFfn?: number;
  /** Kinds of sentences, A and B: 2 without it. */
  readonly segments?: number;
  /** Dropout of embeddings, attention and parts, in training. 0.1 in the paper. */
  readonly rate?: number;
  /** 1e-12 without it, as in Google's code. */
  readonly epsilon?: number;
}

export interface BertBlock {
  readonly attn: AttentionParams;
  readonly norm1: NormParams;
  readonly ffn: FfnParams;
  readonly norm2: NormParams;
}

/** Scores of each token: a layer and a norm, then the table of tokens, with a bias. */
export interface BertMlmHead {
  /** [C, C] */
  readonly transform: DenseParams;
  readonly norm: NormParams;
  /** float32 [V] */
  readonly bias: tf.Tensor;
}

export interface BertParams {
  /** float32 [V, C]: also the head of the masked LM, which is tied. */
  readonly tokens: tf.Tensor;
  /** float32 [context, C] */
  readonly positions: tf.Tensor;
  /** float32 [segments, C] */
  readonly segments: tf.Tensor;
  /** The norm of the embeddings. */
  readonly norm: NormParams;
  readonly blocks: readonly BertBlock[];
  /** [C, C]. These three are what pretraining adds; a checkpoint may lack some. */
  readonly pooler?: DenseParams;
  readonly mlm?: BertMlmHead;
  /** [C, 2] */
  readonly nsp?: DenseParams;
}

export interface BertInput {
  /** int32 [B, T]: 0 for sentence A, 1 for B; all 0 without it. */
  readonly segments?: tf.Tensor;
  /** bool [B, T]: true for tokens, false for padding; no padding without it. */
  readonly mask?: tf.Tensor;
}

/**
 * First parameters, with all three heads: normal with deviation 0.02, biases 0, gains 1. Departure: Google's code cuts
 * the normal off at two deviations.
 */
export function initBert(config: BertConfig, rng: Rng): BertParams {
  const { vocabSize, context, dModel, nLayer, nHead, dFfn = 4 * dModel, segments = 2 } = config;
  const deviation = 0.02;
  const first = { dModel, deviation, bias: true };
  const table = (name: string, rows: number): tf.Tensor =>
    normalTensor(fork(rng, name), [rows, dModel], deviation);
  const block = (i: number): BertBlock => {
    const own = fork(rng, `blocks.${i}`);
    return {
      attn: initAttention(fork(own, "attn"), { ...first, nHead }),
      norm1: initNorm("layer", dModel),
      ffn: initFfn(fork(own, "ffn"), { ...first, dFfn, activation: "gelu" }),
      norm2: initNorm("layer", dModel),
    };
  };
  return {
    tokens: table("tokens", vocabSize),
    positions: table("positions", context),
    segments: table("segments", segments),
    norm: initNorm("layer", dModel),
    blocks: Array.from({ length: nLayer }, (_, i) => block(i)),
    pooler: initDense(fork(rng, "pooler"), dModel, dModel),
    mlm: {
      transform: initDense(fork(rng, "mlm"), dModel, dModel),
      norm: initNorm("layer", dModel),
      bias: tf.zeros([vocabSize]),
    },
    nsp: initDense(fork(rng, "nsp"), dModel, 2),
  };
}

/**
 * The encoder: embeddings (figure 2), then blocks with the norm after each part, as in Vaswani 2017.
 *
 * Shows `embed`, `segments`, `positions`, and of each block `pre`, `attn.*`, `norm1`, `mid`, `ffn.*`, `norm2`, `post`.
 * Padding is looked at by nobody; its own states are numbers without a meaning.
 *
 * @param ids int32 [B, T], T up to the context
 * @returns states of the last layer, float32 [B, T, C]
 * @throws RangeError for ids and segments outside their tables, texts longer than the context, segments or masks that
 *   are not [B, T]; TypeError for other types
 */
export function bert(
  params: BertParams,
  config: BertConfig,
  ids: tf.Tensor,
  ctx: Context = {},
  input: BertInput = {},
): tf.Tensor {
  return bertBlocks(params, config, bertEmbed(params, config, ids, ctx, input), ctx, input);
}

/**
 * Some of the blocks, on states. Where the first ones stay as they are in training, a text's states after them are computed
 * once and kept.
 *
 * @param x what `bertEmbed` gave, or the states after block `from - 1`, float32 [B, T, C]
 * @param part which blocks: from the first to the last without it; `to` is left out itself
 * @returns states after block `to - 1`, float32 [B, T, C]
 * @throws RangeError for a mask that is not [B, T], TypeError for other types
 */
export function bertBlocks(
  params: BertParams,
  config: BertConfig,
  x: tf.Tensor,
  ctx: Context = {},
  { mask }: Pick<BertInput, "mask"> = {},
  { from = 0, to = params.blocks.length }: { readonly from?: number; readonly to?: number } = {},
): tf.Tensor {
  const { rate = 0, epsilon = 1e-12 } = config;
  const padding = paddingOf("bert", "mask", mask, x); // [B, 1, 1, T]
  params.blocks.slice(from, to).forEach((block, i) => {
    const at = within(ctx, `blocks.${from + i}`);
    const attend = (y: tf.Tensor): tf.Tensor => {
      const out = multiHeadAttention(block.attn, config, y, within(at, "attn"), { ...padding, rate });
      return drop(at, out, rate, "attn");
    };
    const feed = (y: tf.Tensor): tf.Tensor => ffn(block.ffn, y, "gelu", within(at, "ffn"), rate);
    x = residual("post", tap(at, "pre", x), attend, (y) => tap(at, "norm1", norm(block.norm1, y, epsilon)));
    x = residual("post", tap(at, "mid", x), feed, (y) => tap(at, "norm2", norm(block.norm2, y, epsilon)));
    x = tap(at, "post", x);
  });
  return x;
}

/** Tokens plus segments plus learned positions, normalised: float32 [B, T, C]. @throws as `bert` */
export function bertEmbed(
  params: BertParams,
  { context, rate = 0, epsilon = 1e-12 }: BertConfig,
  ids: tf.Tensor,
  ctx: Context = {},
  { segments }: BertInput = {},
): tf.Tensor {
  checkIds("bert", ids, context);
  if (segments) checkLikeIds("bert", "segments", segments, ids, "int32");
  const time = ids.shape[1] as number;
  const tokens = tap(ctx, "embed", embed(ids, params.tokens)); // [B, T, C]
  const kinds = segments ? embed(segments, params.segments) : params.segments.slice([0, 0], [1, -1]); // or [1, C]
  const positions = params.positions.slice([0, 0], [time, -1]); // [T, C]
  const sum = tokens.add(tap(ctx, "segments", kinds)).add(tap(ctx, "positions", positions)); // [B, T, C]
  return drop(ctx, norm(params.norm, sum, epsilon), rate, "embed");
}

/**
 * Scores of each token at each place, for places that were hidden (section 3.1, task 1).
 * @param states of `bert`, float32 [..., C]: all, or those of hidden places alone, which is cheaper
 * @returns logits float32 [..., V]
 * @throws Error where the parameters have no such head
 */
export function bertMlm(
  params: BertParams,
  config: BertConfig,
  states: tf.Tensor,
  ctx: Context = {},
): tf.Tensor {
  const { transform, norm: own, bias } = head(params.mlm, "mlm");
  const x = norm(own, gelu(dense(transform, states)), config.epsilon ?? 1e-12); // [..., C]
  return tap(ctx, "logits", linear(x, params.tokens.transpose(), bias)); // [..., V]
}

/**
 * The state of the first token, [CLS], through a layer and tanh: what stands for the whole text.
 * @param states of `bert`, float32 [B, T, C]
 * @returns float32 [B, C]
 * @throws Error where the parameters have no such layer
 */
export function bertPooled(params: BertParams, states: tf.Tensor, ctx: Context = {}): tf.Tensor {
  const [batch, , width] = states.shape as [number, number, number];
  const first = states.slice([0, 0, 0], [batch, 1, width]).reshape([batch, width]); // [B, C]
  return tap(ctx, "pooled", tf.tanh(dense(head(params.pooler, "pooler"), first)));
}

/**
 * Whether sentence B followed sentence A (section 3.1, task 2).
 * @param states of `bert`, float32 [B, T, C]
 * @returns logits float32 [B, 2]: column 0 says that it did, column 1 that it is a random one, as in Google's code
 * @throws Error where the parameters have no such head
 */
export function bertNsp(params: BertParams, states: tf.Tensor, ctx: Context = {}): tf.Tensor {
  return dense(head(params.nsp, "nsp"), bertPooled(params, states, ctx)); // [B, 2]
}

/**
 * One vector a text: the mean of its tokens' states, of length 1, so that a dot product is a cosine. Sentence-BERT
 * (Reimers and Gurevych 2019, section 3, "MEAN"); MiniLM's sentence encoders.
 *
 * @param states of `bert`, float32 [B, T, C]
 * @param mask bool [B, T]: false for padding, which does not count
 * @returns float32 [B, C]; zeros for a text of padding alone
 */
export function sentenceEmbedding(states: tf.Tensor, mask?: tf.Tensor): tf.Tensor {
  if (mask) checkLikeIds("sentenceEmbedding", "mask", mask, states, "bool", "states");
  const [batch, time] = states.shape as [number, number, number];
  // Counts are summed over their last axis: on WebGPU a cast mask cannot be transposed.
  const counts = (mask ?? tf.ones([batch, time], "bool")).cast("float32"); // [B, T]
  const sum = states.mul(counts.expandDims(2)).sum(1); // [B, C]
  const mean = sum.div(tf.maximum(counts.sum(1, true), 1)); // [B, C]
  // 1e-24 is too small to count, and keeps a text without tokens from dividing by 0.
  return mean.mul(tf.rsqrt(mean.square().sum(1, true).add(1e-24))); // [B, C]
}

function head<P>(params: P | undefined, name: string): P {
  if (params === undefined)
    throw new Error(`bert: these parameters have no ${name}; this checkpoint lacks it`);
  return params;
}
