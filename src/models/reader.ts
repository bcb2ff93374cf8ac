import { fork, normalTensor, tf } from "../engine";
import type { Rng } from "../engine";
import {
  blankInfillingMask,
  ffn,
  glm2d,
  initAttention,
  initFfn,
  initGlm2d,
  initNorm,
  multiHeadAttention,
  norm,
  residual,
} from "../nn";
import type { AttentionParams, FfnParams, Glm2dParams, NormParams } from "../nn";
import { embed, linear } from "../ops";

/**
 * One network for every objective, to compare them (chapter 06): a Pre-LN transformer that is told, row by row, how many
 * places at the front see each other in both directions. With none of them it is GPT, with all of them BERT, with some a
 * prefix LM, and with GLM's positions GLM. So models differ in what they were asked, and in nothing else.
 */
export interface ReaderConfig {
  readonly vocabSize: number;
  readonly dModel: number;
  readonly nLayer: number;
  readonly nHead: number;
  /** Rows of both tables of positions. */
  readonly places: number;
}

export interface ReaderParams {
  /** float32 [V, C]: also the head, which is tied. */
  readonly tokens: tf.Tensor;
  readonly positions: Glm2dParams;
  readonly blocks: readonly {
    readonly norm1: NormParams;
    readonly attn: AttentionParams;
    readonly norm2: NormParams;
    readonly ffn: FfnParams;
  }[];
  readonly norm: NormParams;
}

/** What the network reads, all int32. */
export interface ReaderInput {
  /** [B, T] */
  readonly inputs: tf.Tensor;
  /** [B, T], both positions of GLM (nn/positions/glm2d.ts); elsewhere the second is 0. */
  readonly positions: tf.Tensor;
  readonly blockPositions: tf.Tensor;
  /** [B]: places at the front that see each other; what follows sees the front, and what is before itself. */
  readonly partA: tf.Tensor;
}

/** As GPT-2: deviation 0.02, smaller where a part adds to the residual stream. */
export function initReader(config: ReaderConfig, rng: Rng): ReaderParams {
  const { vocabSize, dModel, nLayer, nHead, places } = config;
  const wide = { dModel, deviation: 0.02, outDeviation: 0.02 / Math.sqrt(2 * nLayer), bias: true };
  return {
    tokens: normalTensor(fork(rng, "tokens"), [vocabSize, dModel], 0.02),
    positions: initGlm2d(fork(rng, "positions"), places, dModel),
    blocks: Array.from({ length: nLayer }, (_, i) => ({
      norm1: initNorm("layer", dModel),
      attn: initAttention(fork(rng, `blocks.${i}.attn`), { ...wide, nHead }),
      norm2: initNorm("layer", dModel),
      ffn: initFfn(fork(rng, `blocks.${i}.ffn`), { ...wide, dFfn: 4 * dModel, activation: "geluTanh" }),
    })),
    norm: initNorm("layer", dModel),
  };
}

/** @returns logits float32 [B, T, V] */
export function reader(params: ReaderParams, { nHead }: ReaderConfig, input: ReaderInput): tf.Tensor {
  const { inputs, positions, blockPositions, partA } = input;
  const mask = blankInfillingMask(partA, inputs.shape[1] as number); // [B, 1, T, T]
  let x = embed(inputs, params.tokens).add(glm2d(params.positions, positions, blockPositions)); // [B, T, C]
  for (const block of params.blocks) {
    const attend = (y: tf.Tensor): tf.Tensor => multiHeadAttention(block.attn, { nHead }, y, {}, { mask });
    const feed = (y: tf.Tensor): tf.Tensor => ffn(block.ffn, y, "geluTanh", {}, 0);
    x = residual("pre", x, attend, (y) => norm(block.norm1, y, 1e-5));
    x = residual("pre", x, feed, (y) => norm(block.norm2, y, 1e-5));
  }
  return linear(norm(params.norm, x, 1e-5), params.tokens.transpose()); // [B, T, V]
}
