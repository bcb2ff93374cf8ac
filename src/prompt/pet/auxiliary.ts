/** PET's auxiliary loss: masked language modelling goes on while the labels are learned, so that words keep their meaning. */
import { tf } from "../../engine";
import type { Rng } from "../../engine";
import { batchTensors, drawRows, maskedBatch } from "../../data";
import type { MlmConfig } from "../../data";
import { bertMlm } from "../../models";
import { crossEntropy, embed } from "../../ops";
import type { MaskedModel } from "../masked";
import type { WordHead } from "./readout";
import { frozenBlocks } from "./states";

export interface MlmLoss extends Pick<MlmConfig, "special"> {
  /** Share of this loss; 1e-4 in PET. */
  readonly alpha: number;
  /** Unlabelled texts, from `textRows`. */
  readonly rows: readonly Int32Array[];
  /** Rows of a step, tokens of a row, and the most that are asked of it. */
  readonly batch: number;
  readonly length: number;
  readonly most: number;
}

/** The fields that a step has more, and the loss of them. Texts are masked anew at each step, so nothing is kept. */
export function auxiliary(model: MaskedModel, { rows, batch, ...how }: MlmLoss, from: number) {
  const { config, params, mask } = model;
  const options = { ...how, pad: 0, mask, vocabSize: config.vocabSize };
  const below = frozenBlocks(model, from);
  return {
    fields(rng: Rng): Record<string, tf.Tensor> {
      return tf.tidy(() => {
        const drawn = maskedBatch(drawRows(rows, batch, rng), options, rng);
        const { inputs, mask: known, places, labels } = batchTensors({ ...drawn });
        return { mlmStates: below(inputs, known), mlmMask: known, mlmPlaces: places, mlmLabels: labels };
      });
    },
    /** @param above the blocks that learn: states [B, T, C] and their mask to the last states */
    loss(
      head: unknown,
      fields: Record<string, tf.Tensor>,
      above: (x: tf.Tensor, mask: tf.Tensor) => tf.Tensor,
    ) {
      if (!params.mlm || !isWordHead(head))
        throw new Error("tuner: only a wordReadout has a head for masked language modelling (mlm)");
      const { mlmStates, mlmMask, mlmPlaces, mlmLabels } = fields as Record<"mlmStates" | "mlmMask" | "mlmPlaces" | "mlmLabels", tf.Tensor>; // prettier-ignore
      const last = above(mlmStates, mlmMask); // [B, T, C]
      const asked = embed(mlmPlaces, last.reshape([-1, config.dModel])); // [B * T, C] -> [B * P, C]
      const { transform, norm } = head;
      const scores = bertMlm({ ...params, mlm: { ...params.mlm, transform, norm } }, config, asked); // [B * P, V]
      return crossEntropy(scores, mlmLabels);
    },
    dispose: () => below.dispose(),
  };
}

const isWordHead = (head: unknown): head is WordHead =>
  typeof head === "object" && head !== null && "transform" in head && "words" in head;
