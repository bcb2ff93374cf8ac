import { tf } from "../../engine";
import type { Decoder } from "../../models";
import { dense } from "../../nn";
import type { DenseParams } from "../../nn";
import { linear } from "../../ops";

/** A head: what turns the model's last state at place t into the state that predicts token t + 1 + k. */
export interface MedusaHead {
  /** [C, C] and [C] */
  readonly block: DenseParams;
  /** float32 [V, C]: an unembedding of its own; the model's without it. */
  readonly tokens?: tf.Tensor;
}

/**
 * Medusa's heads: head k (k = 1 .. K) says, from the state that the model's own head reads to predict the next token,
 * the token k places after that one.
 *
 *     logits_k = W2 (h + silu(W1 h + b))
 *
 * W1 and b begin as zeros, so that each head begins as the model's own prediction of the next token.
 *
 * Source: Cai et al. 2024 (Medusa), section 2.1.1. Departure: W2 is the model's own unembedding, which all heads share
 * and which stays as it is, where the paper trains a copy of it for each head (`own`). At SmolLM2's 49,152 tokens of
 * width 576 a copy is 28 million numbers, a fifth of the model, while W1 is 0.3 million.
 */
export interface MedusaHeads {
  readonly heads: readonly MedusaHead[];
}

export interface MedusaInit {
  /** K. The authors ship models with 3 to 5. */
  readonly heads: number;
  /** C, the width of the model's states. */
  readonly dModel: number;
  /** float32 [V, C], the model's unembedding: each head begins with a copy, as in the paper. Without it none has one. */
  readonly own?: tf.Tensor;
}

/** Heads that say what the model itself says. There is nothing random in them. */
export function initMedusa({ heads, dModel, own }: MedusaInit): MedusaHeads {
  if (!Number.isInteger(heads) || heads < 1) throw new RangeError(`initMedusa: ${heads} heads`);
  const head = (): MedusaHead => ({
    block: { weight: tf.zeros([dModel, dModel]), bias: tf.zeros([dModel]) },
    ...(own ? { tokens: own.clone() } : {}),
  });
  return { heads: Array.from({ length: heads }, head) };
}

/**
 * Scores of each head.
 * @param states float32 [B, T, C]: `decoder.states` of a text
 * @returns by head, logits float32 [B, T, V]: row t of head k (from 1) scores token t + 1 + k
 */
export function medusaScores<P>(
  { heads }: MedusaHeads,
  decoder: Decoder<P>,
  states: tf.Tensor,
  params: P = decoder.params,
): tf.Tensor[] {
  return heads.map(({ block, tokens }) => {
    const inner = dense(block, states); // [B, T, C]
    const state = states.add(inner.mul(tf.sigmoid(inner))); // [B, T, C]
    return tokens ? linear(state, tokens.transpose()) : decoder.head(params, state); // [B, T, V]
  });
}

/** Scores of all heads, float32 [K, B, T, V]; `medusaScores` gives them apart. */
export function medusaLogits<P>(heads: MedusaHeads, decoder: Decoder<P>, states: tf.Tensor): tf.Tensor {
  return tf.tidy(() => tf.stack(medusaScores(heads, decoder, states)));
}
