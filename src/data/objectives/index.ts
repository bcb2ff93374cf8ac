/** What a model is asked to predict: an objective a file. Pure functions of ids, and of an Rng where they draw. */
export { causalLm, shiftRight } from "./causal";
export type { CausalExample } from "./causal";
export { prefixLm, randomPrefixLm } from "./prefix";
export type { PrefixExample } from "./prefix";
export { maskedLm } from "./mlm";
export type { MlmConfig, MlmExample } from "./mlm";
export { nspPairs } from "./nsp";
export type { Document, NspConfig, NspExample } from "./nsp";
export { corruptSpans, noiseSpans, restoreSpans, spanCorruption, spanLengths } from "./spans";
export type { Seq2SeqExample, SpanConfig } from "./spans";
export { deleteTokens, denoising, infillText, maskTokens, permuteSentences, rotateDocument } from "./bart";
export { blankInfilling, documentInfilling, infillBlanks, restoreBlanks } from "./glm";
export type { GlmConfig, GlmExample } from "./glm";
export type { Span } from "./draw";
