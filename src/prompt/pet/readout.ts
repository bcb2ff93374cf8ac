/**
 * From states to labels. This is all that tells PET from the usual fine-tuning: PET asks the head that pretraining left
 * behind how probable each label's word is, the usual way puts a new layer of random numbers there.
 */
import { fork, normalTensor, tf } from "../../engine";
import type { Rng } from "../../engine";
import { bertMlm } from "../../models";
import type { BertMlmHead } from "../../models";
import { dense } from "../../nn";
import type { DenseParams } from "../../nn";
import { embed } from "../../ops";
import { mapTensors } from "../../tree";
import type { MaskedModel } from "../masked";

export interface ReadoutInput {
  /** int32 [B, T] */
  readonly mask: tf.Tensor;
  /** int32 [B] */
  readonly at: tf.Tensor;
}

/** A head that can be trained: what it begins with, and what it says. */
export interface Readout<Head> {
  /** New tensors; the caller owns them. */
  init(rng: Rng): Head;
  /**
   * @param states of the last block, float32 [B, T, C]
   * @returns scores of the labels, float32 [B, K]
   */
  logits(head: Head, states: tf.Tensor, input: ReadoutInput): tf.Tensor;
}

/** PET's head: that of the masked language model, of which only the rows of the label words are asked. */
export interface WordHead {
  readonly transform: BertMlmHead["transform"];
  readonly norm: BertMlmHead["norm"];
  /** float32 [W, C] and [W]: vectors and biases of the label words */
  readonly words: tf.Tensor;
  readonly bias: tf.Tensor;
}

/**
 * s(l | x) = M(v(l) | P(x)) of PET, section 3.1: the score of the label's word in the place of the mask; of several words
 * their mean, as in timoschick/pet. A softmax over the labels makes it q(l | x), equation 2.
 *
 * @param words ids of the words of each label, [K][words]
 * @throws RangeError where a label has no word; Error where the model has no head `mlm`
 */
export function wordReadout(
  { config, params }: MaskedModel,
  words: readonly (readonly number[])[],
): Readout<WordHead> {
  const bare = words.findIndex(({ length }) => length === 0);
  if (bare >= 0) throw new RangeError(`wordReadout: label ${bare} has no word`);
  const { mlm } = params;
  if (!mlm) throw new Error("wordReadout: the model has no head for words (mlm). Cure: loadMasked");
  const ids = words.flat();
  const shares = words.map((own, label) => words.flatMap((each, other) => each.map(() => (other === label ? 1 / own.length : 0)))); // prettier-ignore
  return {
    init: () =>
      tf.tidy(() => {
        const rows = tf.tensor1d(ids, "int32");
        const { transform, norm } = mapTensors({ transform: mlm.transform, norm: mlm.norm }, (each) => each.clone()); // prettier-ignore
        return { transform, norm, words: tf.gather(params.tokens, rows), bias: tf.gather(mlm.bias, rows) };
      }) as WordHead,
    logits({ transform, norm, words: table, bias }, states, { at }) {
      const asked = atPlaces(states, at); // [B, C]
      const scores = bertMlm({ ...params, tokens: table, mlm: { transform, norm, bias } }, config, asked); // [B, W]
      return tf.matMul(scores, tf.tensor2d(shares), false, true); // [B, K]
    },
  };
}

export interface LinearHead {
  /** weight [C, K], bias [K] */
  readonly linear: DenseParams;
}

/** What stands for a text: the state of [CLS] (Devlin 2019, section 4.1), or the mean of all (sentence encoders). */
export type Pool = "cls" | "mean";

/** The usual head: a new linear layer, normal with deviation 0.02, on one vector of the text. */
export function linearReadout(
  { config }: Pick<MaskedModel, "config">,
  classes: number,
  pool: Pool,
): Readout<LinearHead> {
  return {
    init: (rng) => ({
      linear: {
        weight: normalTensor(fork(rng, "head"), [config.dModel, classes], 0.02),
        bias: tf.zeros([classes]),
      },
    }),
    logits({ linear }, states, { mask, at }) {
      return dense(linear, pool === "cls" ? atPlaces(states, at) : meanState(states, mask)); // [B, K]
    },
  };
}

/** The state of one place of each text. @param states [B, T, C] @param at int32 [B] @returns [B, C] */
export function atPlaces(states: tf.Tensor, at: tf.Tensor): tf.Tensor {
  const [batch, time, width] = states.shape as [number, number, number];
  const rows = tf.range(0, batch, 1, "int32").mul(tf.scalar(time, "int32")).add(at); // [B]
  return embed(rows, states.reshape([batch * time, width])); // [B * T, C] -> [B, C]
}

/** @param states [B, T, C] @param mask int32 [B, T] @returns [B, C] */
function meanState(states: tf.Tensor, mask: tf.Tensor): tf.Tensor {
  const counts = mask.cast("float32"); // [B, T]
  return states.mul(counts.expandDims(2)).sum(1).div(counts.sum(1, true)); // [B, C]
}
