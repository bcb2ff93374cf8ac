import { fork, normalTensor, tf } from "../engine";
import type { Rng } from "../engine";
import { embed, linear } from "../ops";
import {
  alibiBias,
  ffn,
  initAttention,
  initFfn,
  initLearned,
  initNorm,
  initRelative,
  learned,
  multiHeadAttention,
  norm,
  relativeBias,
  residual,
  rope,
  sinusoid,
  tap,
  within,
} from "../nn";
import type {
  AttentionInput,
  AttentionParams,
  Context,
  FfnParams,
  LearnedParams,
  NormParams,
  RelativeParams,
} from "../nn";

/**
 * A small causal language model that is the same whatever tells it about positions: a Pre-LN decoder as GPT-2, with
 * embeddings as in the first transformer (times sqrt(C)). It exists to compare schemes of positions (chapter 03), as
 * Press, Smith and Lewis 2022 do in section 2. It always reads a text from its beginning: it has no cache.
 */
export interface PositionalConfig {
  readonly scheme: Scheme;
  readonly vocabSize: number;
  readonly dModel: number;
  readonly nLayer: number;
  readonly nHead: number;
  /** Longest text of "learned", which alone has such an end. */
  readonly places: number;
}

/** Where positions come in: added to the embeddings, turned into queries and keys, added to the scores, nowhere. */
export type Scheme = "sinusoid" | "learned" | "rope" | "alibi" | "relative" | "none";

export const schemes: readonly Scheme[] = ["none", "sinusoid", "learned", "rope", "alibi", "relative"];

export interface PositionalParams {
  /** float32 [V, C]: also the head, which is tied. */
  readonly tokens: tf.Tensor;
  /** "learned" only */
  readonly learned?: LearnedParams;
  /** "relative" only: one table for all layers, as in T5 */
  readonly relative?: RelativeParams;
  readonly blocks: readonly {
    readonly norm1: NormParams;
    readonly attn: AttentionParams;
    readonly norm2: NormParams;
    readonly ffn: FfnParams;
  }[];
  readonly norm: NormParams;
}

const relativeOf = ({ nHead }: PositionalConfig) => ({ nHead, bidirectional: false });

/** Weights are the same for every scheme, but for what only one of them has. */
export function initPositional(config: PositionalConfig, rng: Rng): PositionalParams {
  const { scheme, vocabSize, dModel, nLayer, nHead, places } = config;
  const deviation = dModel ** -0.5;
  const wide = { dModel, deviation, outDeviation: deviation / Math.sqrt(2 * nLayer), bias: true };
  const own = (name: string): Rng => fork(rng, name);
  return {
    tokens: normalTensor(own("tokens"), [vocabSize, dModel], deviation),
    ...(scheme === "learned" ? { learned: initLearned(own("learned"), places, dModel, 0.5) } : {}),
    ...(scheme === "relative"
      ? { relative: initRelative(own("relative"), relativeOf(config), deviation) }
      : {}),
    blocks: Array.from({ length: nLayer }, (_, i) => ({
      norm1: initNorm("layer", dModel),
      attn: initAttention(own(`blocks.${i}.attn`), { ...wide, nHead }),
      norm2: initNorm("layer", dModel),
      ffn: initFfn(own(`blocks.${i}.ffn`), { ...wide, dFfn: 4 * dModel, activation: "gelu" }),
    })),
    norm: initNorm("layer", dModel),
  };
}

/**
 * Scores of each next token.
 * @param ids int32 [B, T]
 * @returns logits float32 [B, T, V]
 * @throws RangeError where "learned" has no row for the last places; Error for a context with a cache
 */
export function positional(
  params: PositionalParams,
  config: PositionalConfig,
  ids: tf.Tensor,
  ctx: Context = {},
): tf.Tensor {
  if (ctx.cache) throw new Error("positional: this model has no cache, it reads a text from its beginning");
  const { dModel } = config;
  const at = tf.range(0, ids.shape[1] as number, 1, "int32"); // [T]
  const words = embed(ids, params.tokens).mul(Math.sqrt(dModel)); // [B, T, C]
  const rows = addedRows(params, config, at); // [T, C]
  let x = tap(ctx, "embed", rows ? words.add(rows) : words); // [B, T, C]
  const looking = { causal: true, ...inAttention(params, config, at) };
  params.blocks.forEach((block, i) => {
    const here = within(ctx, `blocks.${i}`);
    const attend = (y: tf.Tensor): tf.Tensor =>
      multiHeadAttention(block.attn, config, y, within(here, "attn"), looking);
    const feed = (y: tf.Tensor): tf.Tensor => ffn(block.ffn, y, "gelu", within(here, "ffn"));
    x = residual("pre", x, attend, (y) => norm(block.norm1, y, 1e-5));
    x = tap(
      here,
      "post",
      residual("pre", x, feed, (y) => norm(block.norm2, y, 1e-5)),
    );
  });
  return tap(ctx, "logits", linear(norm(params.norm, x, 1e-5), params.tokens.transpose())); // [B, T, V]
}

/** What is added to the embeddings. */
function addedRows(
  params: PositionalParams,
  { scheme, dModel }: PositionalConfig,
  at: tf.Tensor,
): tf.Tensor | undefined {
  if (scheme === "sinusoid") return sinusoid(at, dModel);
  return params.learned ? learned(params.learned, at) : undefined;
}

/** What attention is told. */
function inAttention(params: PositionalParams, config: PositionalConfig, at: tf.Tensor): AttentionInput {
  if (config.scheme === "rope") return { rotate: (x) => rope(x, at) };
  if (config.scheme === "alibi") return { bias: alibiBias(config.nHead, at, at) };
  return params.relative ? { bias: relativeBias(params.relative, relativeOf(config), at, at) } : {};
}
