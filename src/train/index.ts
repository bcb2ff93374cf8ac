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
export { train } from "./loop";
export type { Fields, Tensors, TrainConfig, TrainRecord } from "./loop";
export { TrainingError } from "./loop-check";

// Files (Node only)
export { loadTraining, saveTraining } from "./training-files";
