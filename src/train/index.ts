/** Layer train: what changes parameters. Functions over nested arrays and records of tensors. */

// One step
export { adamW, initAdamW } from "./adamw";
export type { AdamWConfig, AdamWState } from "./adamw";
export { valueAndGradients } from "./gradients";
export { accumulatedGradients } from "./accumulate";
export type { AccumulateOptions } from "./accumulate";
export { clipByGlobalNorm, globalNorm } from "./clip";
export { checkSchedule, learningRateAt } from "./schedules";
export type { Schedule } from "./schedules";

// Many steps
export { disposeTraining, startTraining } from "./state";
export type { Training } from "./state";
export { isStopped, take, train, trainPrograms } from "./loop";
export type { Fields, Tensors, TrainConfig, TrainPrograms, TrainRecord } from "./loop";
export { TrainingError } from "./loop-check";

// Recipes: runs as data (files: transformer-lab/train/node)
export { parseJson, parseRecipe, parseResult } from "./recipe";
export { modelSchema, optimizerSchema, savedModelSchema, scheduleSchema } from "./recipe";
export type { CausalRecipe, MaskedRecipe, Recipe, RecipeModel, RecipeResult, SavedConfig } from "./recipe";
export { causalModel } from "./recipe-model";
export type { CausalModel, CausalParams, ModelSizes } from "./recipe-model";

// Trained models, of files from anywhere
export { openTrained } from "./trained";
export type { SavedFiles, SavedModel } from "./trained";
export { readTree } from "./tree";
