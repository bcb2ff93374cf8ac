/** Layer data: texts as batches, and what a model is asked to predict about them. */
export { batchTensors, collate, intsTensor, stackRows } from "./ints";
export type { Ints, Pads, StackOptions } from "./ints";
export { splitStream, tokenStream } from "./stream";
export type { Split } from "./stream";
export { epochRows, IGNORE, randomBatch, randomCrop, sequentialBatches } from "./batches";
export type { BatchSize, LmBatch } from "./batches";
export { bitsPerByte, natsToBits, perplexity } from "./metrics";
export * from "./objectives";
export { numberInEnglish, numberInGerman } from "./numbers";
export { layoutBatch, layoutTokens, objectives, questionLayout, stackLayouts } from "./layouts";
export type { Layout, LayoutBatch, LayoutTokens, Objective } from "./layouts";
