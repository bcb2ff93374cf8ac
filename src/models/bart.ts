import { fork, normalTensor, tf } from "../engine";
import type { Rng } from "../engine";
import { embed, linear } from "../ops";
import { drop, emptyCache, ffn, initAttention, initFfn, initNorm, multiHeadAttention, norm } from "../nn";
import { residual, tap, within } from "../nn";
import type { AttentionInput, AttentionParams, CacheState, Context, FfnParams, NormParams } from "../nn";
import { checkIds, paddingOf, withoutCache } from "./inputs";

/**
 * BART (Lewis 2020): an encoder-decoder that learns to give back a text from a spoilt one. The encoder is BERT's, the
 * decoder GPT-1's with attention to the encoder's states (section 2.1): GELU, the norm after each part, learned
 * positions. Embeddings are normalised, which the paper does not say and fairseq's code does.
 */
export interface BartConfig {
  readonly vocabSize: number;
  /** Most tokens at once, of the source and of the target. 1024 in the paper. */
  readonly context: number;
  readonly dModel: number;
  /** Blocks of the encoder. */
  readonly nLayer: number;
  /** Blocks of the decoder; nLayer without it. */
  readonly nDecoderLayer?: number;
  readonly nHead: number;
  /** Heads of the decoder; nHead without it. */
  readonly nDecoderHead?: number;
  /** Width of the feed-forward part; 4 dModel without it. */
  readonly dFfn?: number;
  /** That of the decoder; dFfn without it. */
  readonly dDecoderFfn?: number;
  /** Dropout of embeddings and parts, in training. */
  readonly rate?: number;
  /** Dropout of attention, in training: fairseq's BART has 0.1; none without it. */
  readonly attentionRate?: number;
  /** 1e-5 without it. */
  readonly epsilon?: number;
}

/** The first rows of a table of positions, which no text reaches: see `BartStack`. */
export const BART_OFFSET = 2;

export interface BartBlock {
  readonly attn: AttentionParams;
  readonly norm1: NormParams;
  /** These two in the decoder: attention to the encoder's states. */
  readonly cross?: AttentionParams;
  readonly normCross?: NormParams;
  readonly ffn: FfnParams;
  readonly norm2: NormParams;
}

export interface BartStack {
  /**
   * float32 [context + 2, C]. Departure from the paper, as in fairseq and `transformers`: the first token has row 2,
   * since fairseq counted positions from the number of its padding token, 1, on.
   */
  readonly positions: tf.Tensor;
  /** The norm of the embeddings. */
  readonly norm: NormParams;
  readonly blocks: readonly BartBlock[];
}

export interface BartParams {
  /** float32 [V, C]: of both stacks, and the head. */
  readonly tokens: tf.Tensor;
  readonly encoder: BartStack;
  readonly decoder: BartStack;
  /** float32 [1, V], added to the logits. Not in the paper; in files of `transformers` it is there, and mostly zeros. */
  readonly bias?: tf.Tensor;
}

/** Normal first weights with deviation 0.02, biases 0, gains 1; no bias of the logits. */
export function initBart(config: BartConfig, rng: Rng): BartParams {
  const { vocabSize, context, dModel, nLayer, nDecoderLayer = nLayer, nHead, nDecoderHead = nHead } = config;
  const { dFfn = 4 * dModel, dDecoderFfn = dFfn } = config;
  const deviation = 0.02;
  const first = { dModel, deviation, bias: true };
  const block = (own: Rng, heads: number, width: number, crosses: boolean): BartBlock => {
    const attention = (name: string): AttentionParams =>
      initAttention(fork(own, name), { ...first, nHead: heads });
    return {
      attn: attention("attn"),
      norm1: initNorm("layer", dModel),
      ...(crosses ? { cross: attention("cross"), normCross: initNorm("layer", dModel) } : {}),
      ffn: initFfn(fork(own, "ffn"), { ...first, dFfn: width, activation: "gelu" }),
      norm2: initNorm("layer", dModel),
    };
  };
  const stack = (name: "encoder" | "decoder", layers: number, heads: number, width: number): BartStack => {
    const own = fork(rng, name);
    return {
      positions: normalTensor(fork(own, "positions"), [context + BART_OFFSET, dModel], deviation),
      norm: initNorm("layer", dModel),
      blocks: Array.from({ length: layers }, (_, i) =>
        block(fork(own, `blocks.${i}`), heads, width, name === "decoder"),
      ),
    };
  };
  return {
    tokens: normalTensor(fork(rng, "tokens"), [vocabSize, dModel], deviation),
    encoder: stack("encoder", nLayer, nHead, dFfn),
    decoder: stack("decoder", nDecoderLayer, nDecoderHead, dDecoderFfn),
  };
}

/** What is known of the text that the encoder reads. */
export interface BartInput {
  /** bool [B, S]: true for tokens, false for padding; no padding without it. */
  readonly mask?: tf.Tensor;
}

/**
 * Scores of each next token of the target, while the encoder reads the source.
 *
 * Names that are shown begin with `encoder.` and `decoder.`; a decoder's block has `cross.*` and `normCross` too.
 *
 * @param ids int32 [B, S], the source, S up to the context
 * @param targets int32 [B, T]: what the decoder reads, which begins with a start token (see `shiftRight`; BART's is
 *   its end token, 2). Padding at its end changes nothing before.
 * @returns logits float32 [B, T, V]
 * @throws RangeError for ids outside the vocabulary, texts longer than the context, and a mask that is not [B, S];
 *   TypeError for other types
 */
export function bart(
  params: BartParams,
  config: BartConfig,
  ids: tf.Tensor,
  targets: tf.Tensor,
  ctx: Context = {},
  input: BartInput = {},
): tf.Tensor {
  const memory = bartEncode(params, config, ids, ctx, input); // [B, S, C]
  return bartHead(params, bartDecode(params, config, targets, memory, ctx, input), ctx); // [B, T, V]
}

/**
 * The encoder: every place looks at every other.
 * @param ids int32 [B, S]
 * @returns float32 [B, S, C]
 */
export function bartEncode(
  params: BartParams,
  config: BartConfig,
  ids: tf.Tensor,
  ctx: Context = {},
  { mask }: BartInput = {},
): tf.Tensor {
  checkIds("bart", ids, config.context);
  const at = within(withoutCache(ctx), "encoder");
  const x = bartEmbed(params.tokens, params.encoder, config, ids, at); // [B, S, C]
  return runStack(params.encoder, config, config.nHead, x, at, paddingOf("bart", "mask", mask, ids));
}

/**
 * The decoder: place t looks at places up to t of its own, and at all of the encoder's states.
 *
 * @param targets int32 [B, T]; with a cache only the new ones
 * @param memory the encoder's states, float32 [B, S, C]
 * @param input the source's mask, as the encoder got it
 * @returns states, float32 [B, T, C]; `bartHead` makes logits of them
 */
export function bartDecode(
  params: BartParams,
  config: BartConfig,
  targets: tf.Tensor,
  memory: tf.Tensor,
  ctx: Context = {},
  { mask }: BartInput = {},
): tf.Tensor {
  checkIds("bart", targets, config.context, "targets");
  const at = within(ctx, "decoder");
  const x = bartEmbed(params.tokens, params.decoder, config, targets, at); // [B, T, C]
  const cross = { memory, ...paddingOf("bart", "mask", mask, memory, "memory") };
  return runStack(
    params.decoder,
    config,
    config.nDecoderHead ?? config.nHead,
    x,
    at,
    { causal: true },
    cross,
  );
}

/** Logits [..., V] of the decoder's states [..., C]. */
export function bartHead(params: BartParams, states: tf.Tensor, ctx: Context = {}): tf.Tensor {
  const { tokens, bias } = params;
  return tap(ctx, "logits", linear(states, tokens.transpose(), bias?.reshape([bias.size]))); // [..., V]
}

/** Room for `size` tokens of `batch` targets in the decoder, up to the context. No padding on the left. */
export function bartCache(config: BartConfig, batch: number, size: number): CacheState {
  const { dModel, nLayer, nDecoderLayer = nLayer, nHead, nDecoderHead = nHead } = config;
  const names = Array.from({ length: nDecoderLayer }, (_, i) => `decoder.blocks.${i}.attn`);
  return emptyCache({ names, batch, nKvHead: nDecoderHead, headDim: dModel / nDecoderHead, size });
}

/** Tokens plus learned positions, normalised. */
function bartEmbed(
  table: tf.Tensor,
  params: BartStack,
  { rate = 0, epsilon = 1e-5 }: BartConfig,
  ids: tf.Tensor,
  ctx: Context,
): tf.Tensor {
  const time = ids.shape[1] as number;
  const tokens = tap(ctx, "embed", embed(ids, table)); // [B, T, C]
  const positions = ctx.cache
    ? embed(ctx.cache.positions(time).add(tf.scalar(BART_OFFSET, "int32")), params.positions) // [B, T, C]
    : params.positions.slice([BART_OFFSET, 0], [time, -1]); // [T, C]
  const sum = tokens.add(tap(ctx, "positions", positions)); // [B, T, C]
  return drop(ctx, norm(params.norm, sum, epsilon), rate, "embed");
}

/** The blocks of a stack. */
function runStack(
  params: BartStack,
  config: BartConfig,
  nHead: number,
  embedded: tf.Tensor,
  ctx: Context,
  self: AttentionInput,
  cross?: AttentionInput,
): tf.Tensor {
  const { rate = 0, attentionRate = 0, epsilon = 1e-5 } = config;
  let x = embedded; // [B, T, C]
  params.blocks.forEach((block, i) => {
    const at = within(ctx, `blocks.${i}`);
    const look = (name: "attn" | "cross", part: AttentionParams, y: tf.Tensor, input: AttentionInput) => {
      const looking = { ...input, rate: attentionRate };
      return drop(at, multiHeadAttention(part, { nHead }, y, within(at, name), looking), rate, name);
    };
    const normed = (name: string, own: NormParams) => (y: tf.Tensor) => tap(at, name, norm(own, y, epsilon));
    const { attn, norm1, cross: crossing, normCross, norm2 } = block;
    x = residual("post", tap(at, "pre", x), (y) => look("attn", attn, y, self), normed("norm1", norm1));
    if (cross && crossing && normCross) {
      const seek = (y: tf.Tensor): tf.Tensor => look("cross", crossing, y, cross);
      x = residual("post", tap(at, "between", x), seek, normed("normCross", normCross));
    }
    const feed = (y: tf.Tensor): tf.Tensor => ffn(block.ffn, y, "gelu", within(at, "ffn"), rate);
    x = residual("post", tap(at, "mid", x), feed, normed("norm2", norm2));
    x = tap(at, "post", x);
  });
  return x;
}
