import { fork, normalTensor, tf } from "../../engine";
import type { Rng } from "../../engine";
import { initAttention, initDense, initNorm, dense, multiHeadAttention, norm, residual, tap, within } from "../../nn"; // prettier-ignore
import type { AttentionParams, Context, DenseParams, NormParams } from "../../nn";
import { embed } from "../../ops";

/**
 * A decoder of attention alone, without feed-forward parts: small enough to say what each head does.
 *
 * Source: Elhage et al. 2021, "A mathematical framework for transformer circuits"; Olsson et al. 2022, "In-context
 * learning and induction heads", whose small models these are. Departure: positions are learned and added to the tokens;
 * theirs are sinusoids that only queries and keys see.
 */
export interface AttentionOnlyConfig {
  readonly vocabSize: number;
  /** Most tokens at once. */
  readonly context: number;
  readonly dModel: number;
  readonly nLayer: number;
  readonly nHead: number;
}

export interface AttentionOnlyParams {
  /** float32 [V, C] */
  readonly tokens: tf.Tensor;
  /** float32 [context, C] */
  readonly positions: tf.Tensor;
  readonly blocks: readonly { readonly norm: NormParams; readonly attn: AttentionParams }[];
  readonly norm: NormParams;
  /** [C, V], not tied: a token and what follows it need different vectors. */
  readonly head: DenseParams;
}

/** Deviations follow the width, 1 / sqrt(C), and where attention adds to the stream also the depth. */
export function initAttentionOnly(config: AttentionOnlyConfig, rng: Rng): AttentionOnlyParams {
  const { vocabSize, context, dModel, nLayer, nHead } = config;
  const deviation = dModel ** -0.5;
  const wide = { dModel, nHead, deviation, outDeviation: deviation / Math.sqrt(nLayer), bias: true };
  return {
    tokens: normalTensor(fork(rng, "tokens"), [vocabSize, dModel], deviation),
    positions: normalTensor(fork(rng, "positions"), [context, dModel], deviation),
    blocks: Array.from({ length: nLayer }, (_, i) => ({
      norm: initNorm("layer", dModel),
      attn: initAttention(fork(rng, `blocks.${i}.attn`), wide),
    })),
    norm: initNorm("layer", dModel),
    head: initDense(fork(rng, "head"), dModel, vocabSize, { deviation, bias: false }),
  };
}

/**
 * Scores of each next token. Shows `blocks.i.attn.pattern` and the like to src/lens.
 * @param ids int32 [B, T], T up to the context
 * @returns logits float32 [B, T, V]
 * @throws RangeError for longer texts and ids outside the vocabulary
 */
export function attentionOnly(
  params: AttentionOnlyParams,
  config: AttentionOnlyConfig,
  ids: tf.Tensor,
  ctx: Context = {},
): tf.Tensor {
  const time = ids.shape[1] as number;
  if (time > config.context)
    throw new RangeError(`attentionOnly: ${time} tokens are more than the context of ${config.context}`);
  const rows = params.positions.slice([0, 0], [time, -1]); // [T, C]
  let x = tap(ctx, "embed", embed(ids, params.tokens).add(rows)); // [B, T, C]
  params.blocks.forEach((block, i) => {
    const at = within(within(ctx, `blocks.${i}`), "attn");
    const attend = (y: tf.Tensor): tf.Tensor =>
      multiHeadAttention(block.attn, config, y, at, { causal: true });
    x = residual("pre", x, attend, (y) => norm(block.norm, y, 1e-5));
  });
  return tap(ctx, "logits", dense(params.head, norm(params.norm, x, 1e-5))); // [B, T, V]
}
