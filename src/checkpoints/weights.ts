/** Models whose weights are packed when they are loaded. */
import { flattenTensors, tf } from "../engine";
import { gpt, llama, packParams } from "../models";
import type { GptParams, LlamaParams } from "../models";
import type { PackedKind, Weight } from "../ops";
import type { LoadedGpt, LoadedLlama, LoadedModel } from "./model";

/**
 * What weights are held in: "f32"; packed into "bf16", "int8" or "int4"; or as the "file" has them, where it is a GGUF
 * file with blocks of 8 or 4 bits (Q8_0, Q4_0, Q4_1): then nothing is lost.
 */
export type WeightsIn = "f32" | "file" | PackedKind;

/** A model that reads and writes with packed weights. It is not trained. */
export type LoadedPacked = LoadedLlama<Weight> | LoadedGpt<Weight>;

/**
 * The model with packed weights; those that they replace are freed, so `model` is not to be used any more.
 * @throws Error for a model that does not write from left to right: only these are made to be packed
 */
export async function packLoaded(model: LoadedModel, kind: PackedKind): Promise<LoadedPacked> {
  if (model.family !== "gpt2" && model.family !== "llama" && model.family !== "falcon") {
    model.dispose();
    throw new Error(
      `${model.source}: weights of the family ${model.family} cannot be packed. Cure: weights: "f32"`,
    );
  }
  const { params } =
    model.family === "gpt2" ? await packParams(model.params, kind) : await packParams(model.params, kind);
  const kept = new Set(flattenTensors(params).leaves);
  tf.dispose(flattenTensors(model.params).leaves.filter((tensor) => !kept.has(tensor)));
  const dispose = (): void => tf.dispose([...kept]);
  return model.family === "gpt2"
    ? {
        ...model,
        params: params as GptParams<Weight>,
        run: (ids, ctx) => gpt(params as GptParams<Weight>, model.config, ids, ctx),
        dispose,
      }
    : {
        ...model,
        params: params as LlamaParams<Weight>,
        run: (ids, ctx) => llama(params as LlamaParams<Weight>, model.config, ids, ctx),
        dispose,
      };
}
