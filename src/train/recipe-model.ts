import type { Rng, tf } from "../engine";
import { gpt, type GptParams, initGpt, initLlama, llama, type LlamaParams } from "../models";
import type { Context } from "../nn";
import type { RecipeModel } from "./recipe";

/** A model by its family's name and its sizes: what a recipe and a saved model have in common. */
export interface CausalModel {
  /** New first weights. */
  init(rng: Rng): CausalParams;
  /**
   * @param ids int32 [B, T]
   * @returns logits float32 [B, T, V]
   */
  logits(params: CausalParams, ids: tf.Tensor, ctx?: Context): tf.Tensor;
}
export type CausalParams = GptParams | LlamaParams;

/** What the recipe leaves to tokenizer and batches. */
export interface ModelSizes {
  readonly vocabSize: number;
  readonly context: number;
}

/** The functions of a family, with its configuration. */
export function causalModel(model: RecipeModel, sizes: ModelSizes): CausalModel {
  if (model.family === "gpt") {
    const config = { ...model, ...sizes };
    return {
      init: (rng) => initGpt(config, rng),
      logits: (params, ids, ctx) => gpt(params as GptParams, config, ids, ctx),
    };
  }
  const config = { ...model, ...sizes };
  return {
    init: (rng) => initLlama(config, rng),
    logits: (params, ids, ctx) => llama(params as LlamaParams, config, ids, ctx),
  };
}
