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
