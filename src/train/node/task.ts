/** What of a recipe's run depends on its objective. */
import type { Rng } from "../../engine";
import type { LmBatch } from "../../data";
import type { SafetensorsOptions } from "../../checkpoints";
import { crossEntropy } from "../../ops";
import { tokenizerOf } from "../../text";
import type { Fields, TrainConfig } from "../loop";
import type { CausalRecipe } from "../recipe";
import { causalModel, type CausalParams } from "../recipe-model";
import { recipeData } from "./recipe-data";
import { saveTrained } from "./recipes";

export interface RecipeTask<P, B extends Fields<B>> {
  /** New first weights: all that is trained. */
  init(rng: Rng): P;
  readonly loss: TrainConfig<P, B>["loss"];
  /** The batch of a step, from 0 on. */
  readonly draw: (rng: Rng, step: number) => B;
  /** The batches that judge. */
  readonly batches: readonly B[];
  save(folder: string, params: P, options: SafetensorsOptions): Promise<void>;
  /** Frees what is not trained. */
  dispose(): void;
}

/** A model that reads from left to right: texts, or answers to problems. */
export function causalTask(recipe: CausalRecipe): RecipeTask<CausalParams, LmBatch> {
  const { tokenizer, draw, batches } = recipeData(recipe);
  const sizes = { vocabSize: tokenizerOf(tokenizer).vocabSize, context: recipe.context };
  const model = causalModel(recipe.model, sizes);
  return {
    init: (rng) => model.init(rng),
    loss: (params, { inputs, labels }, ctx) => crossEntropy(model.logits(params, inputs, ctx), labels),
    draw,
    batches,
    save: (folder, params, options) =>
      saveTrained(folder, { ...sizes, model: recipe.model }, tokenizer, params, options),
    dispose: () => undefined,
  };
}
