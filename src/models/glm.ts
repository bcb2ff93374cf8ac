import { fork, normalTensor, tf } from "../engine";
import type { Rng } from "../engine";
import { embed, linear } from "../ops";
import { blankInfillingMask, drop, ffn, glm2d, initDense, initGlm2d, initNorm } from "../nn";
import { multiHeadAttention, norm, residual, tap, within } from "../nn";
import type { AttentionParams, Context, DenseParams, FfnParams, Glm2dParams, NormParams } from "../nn";
import { checkIds, checkLikeIds } from "./inputs";

/**
 * GLM (Du 2022): one stack that is encoder and decoder at once. A text with blanks, Part A, is read from both sides; the
 * spans that were cut out, Part B, are written from left to right (section 2.1). Each token has two positions: its
 * place, which for Part B is that of its blank, and its place in its span. The norm stands before each part, GELU
 * between the layers of the feed-forward part, and the head is the table of tokens (section 2.3).
 *
 * Departures of its descendants, which are not here: GLM-130B (Zeng 2023) has DeepNorm, which `order` "deep" is, but
 * also rotary positions, GEGLU, and a norm of the embeddings. ChatGLM-6B turns one half of each head by the first
 * position and the other half by the second; ChatGLM2 gives the second position up, reads all from left to right, and
 * has RMSNorm, SwiGLU and few heads of keys, as LLaMA does.
 */
export interface GlmConfig {
  readonly vocabSize: number;
  /** Most tokens at once; the tables of positions have one row more, as in GLM's code. */
  readonly context: number;
  readonly dModel: number;
  readonly nLayer: number;
  readonly nHead: number;
  /** Width of the feed-forward part; 4 dModel without it. */
  readonly dFfn?: number;
  /** "pre": GLM. "deep": norm(alpha x + f(x)), alpha = sqrt(2 nLayer) (Zeng 2023, section 2.1). */
  readonly order: "pre" | "deep";
  /** "geluTanh" without it, which GLM was trained with; its port to `transformers` computes "gelu". */
  readonly activation?: "gelu" | "geluTanh";
  /** Dropout of embeddings, attention and parts, in training. */
  readonly rate?: number;
  /** 1e-5 without it. */
  readonly epsilon?: number;
}

export interface GlmBlock {
  readonly norm1: NormParams;
  readonly attn: AttentionParams;
  readonly norm2: NormParams;
  readonly ffn: FfnParams;
}

export interface GlmParams {
  /** float32 [V, C]: also the head, which is tied. */
  readonly tokens: tf.Tensor;
  /** [context + 1, C] each. */
  readonly positions: Glm2dParams;
  readonly blocks: readonly GlmBlock[];
  /** At the end; not with "deep", where the last block ends with one. */
  readonly norm?: NormParams;
}

/** How a batch is laid out. `glmPositions` and `blankInfilling` (src/data) make these numbers. */
export interface GlmInput {
  /** int32 [B, T]: the place in Part A, from 0; for tokens of Part B the place of their blank. */
  readonly positions: tf.Tensor;
  /** int32 [B, T]: 0 in Part A, 1, 2, ... in each span. */
  readonly blockPositions: tf.Tensor;
  /** int32 [B]: tokens of Part A, which come first. */
  readonly partA: tf.Tensor;
  /** int32 [B]: tokens of Part A and B; what follows is padding. T without it. */
  readonly lengths?: tf.Tensor;
}

/**
 * First parameters. "pre": normal with deviation 0.02, divided by sqrt(2 nLayer) where a part adds to the residual
 * stream, as in GLM's code. "deep": Xavier's normal, divided by sqrt(2 nLayer) in the feed-forward part, values and
 * output (Zeng 2023, section 2.1). Biases are 0, gains 1.
 */
export function initGlm(config: GlmConfig, rng: Rng): GlmParams {
  const { vocabSize, context, dModel, nLayer, order } = config;
  return {
    tokens: normalTensor(fork(rng, "tokens"), [vocabSize, dModel], 0.02),
    positions: initGlm2d(fork(rng, "positions"), context + 1, dModel),
    blocks: Array.from({ length: nLayer }, (_, i) => initBlock(config, fork(rng, `blocks.${i}`))),
    ...(order === "pre" ? { norm: initNorm("layer", dModel) } : {}),
  };
}

function initBlock({ dModel, nLayer, nHead, dFfn = 4 * dModel, order }: GlmConfig, rng: Rng): GlmBlock {
  if (dModel % nHead !== 0)
    throw new RangeError(`glm: dModel ${dModel} must be a multiple of nHead ${nHead}`);
  const less = 1 / Math.sqrt(2 * nLayer);
  const layer = (name: string, inputs: number, outputs: number, pre: number, deep: number): DenseParams => {
    const deviation = order === "pre" ? 0.02 * pre : Math.sqrt(2 / (inputs + outputs)) * deep;
    return initDense(fork(rng, name), inputs, outputs, { deviation });
  };
  return {
    norm1: initNorm("layer", dModel),
    attn: {
      q: layer("q", dModel, dModel, 1, 1),
      k: layer("k", dModel, dModel, 1, 1),
      v: layer("v", dModel, dModel, 1, less),
      out: layer("out", dModel, dModel, less, less),
    },
    norm2: initNorm("layer", dModel),
    ffn: { up: layer("up", dModel, dFfn, 1, less), down: layer("down", dFfn, dModel, less, less) },
  };
}

/**
 * The states of the last layer, before the head.
 *
 * @param ids int32 [B, T]: Part A, then Part B, then padding
 * @returns float32 [B, T, C]
 * @throws RangeError for ids and positions outside their tables, and for a layout of other shapes; TypeError for other
 *   types; Error for a cache, as Part A sees what comes after
 */
export function glmStates(
  params: GlmParams,
  config: GlmConfig,
  ids: tf.Tensor,
  ctx: Context,
  input: GlmInput,
): tf.Tensor {
  const { nHead, nLayer, order, rate = 0, epsilon = 1e-5, activation = "geluTanh" } = config;
  const mask = glmMask(ids, ctx, input); // [B, 1, T, T]
  const alpha = Math.sqrt(2 * nLayer); // of "deep" alone
  const tokens = tap(ctx, "embed", embed(ids, params.tokens)); // [B, T, C]
  const places = glm2d(params.positions, input.positions, input.blockPositions); // [B, T, C]
  let x = drop(ctx, tokens.add(tap(ctx, "positions", places)), rate, "embed");
  params.blocks.forEach((block, i) => {
    const at = within(ctx, `blocks.${i}`);
    const attend = (y: tf.Tensor): tf.Tensor => {
      const out = multiHeadAttention(block.attn, { nHead }, y, within(at, "attn"), { mask, rate });
      return drop(at, out, rate, "attn");
    };
    const feed = (y: tf.Tensor): tf.Tensor => ffn(block.ffn, y, activation, within(at, "ffn"), rate);
    const normed = (name: string, own: NormParams) => (y: tf.Tensor) => tap(at, name, norm(own, y, epsilon));
    x = residual(order, tap(at, "pre", x), attend, normed("norm1", block.norm1), alpha);
    x = residual(order, tap(at, "mid", x), feed, normed("norm2", block.norm2), alpha);
    x = tap(at, "post", x);
  });
  return params.norm ? tap(ctx, "norm", norm(params.norm, x, epsilon)) : x;
}

/**
 * Scores of each next token: row t of Part B scores what follows token t in its span. Rows of Part A score nothing.
 *
 * @param ids int32 [B, T]: Part A, then Part B, then padding
 * @returns logits float32 [B, T, V]
 */
export function glm(
  params: GlmParams,
  config: GlmConfig,
  ids: tf.Tensor,
  ctx: Context,
  input: GlmInput,
): tf.Tensor {
  const states = glmStates(params, config, ids, ctx, input); // [B, T, C]
  return tap(ctx, "logits", linear(states, params.tokens.transpose())); // [B, T, V]
}

/** Part A sees Part A; Part B sees Part A and what is before: bool [B, 1, T, T]. */
function glmMask(ids: tf.Tensor, ctx: Context, input: GlmInput): tf.Tensor {
  checkIds("glm", ids);
  if (ctx.cache) throw new Error("glm: no cache, since Part A sees what comes after it is read");
  checkLikeIds("glm", "positions", input.positions, ids, "int32");
  checkLikeIds("glm", "blockPositions", input.blockPositions, ids, "int32");
  const [batch, time] = ids.shape as [number, number];
  for (const name of ["partA", "lengths"] as const) {
    const sizes = input[name];
    if (sizes && (sizes.rank !== 1 || sizes.shape[0] !== batch))
      throw new RangeError(
        `glm: axis 0 of ${name} must be ${batch} (axis 0 of ids), got [${sizes.shape.join(", ")}]`,
      );
  }
  return blankInfillingMask(input.partA, time, input.lengths);
}
