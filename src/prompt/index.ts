/** Layer prompt: patterns and verbalizers, answers scored by a model, demonstrations chosen and ordered. */
export type { Scorer, ScoreRequest } from "./scorer";

// Scoring: by a decoder or a masked model, its calls kept by their content (files: transformer-lab/prompt/node)
export { causalScorer } from "./causal";
export type { CausalOptions, CausalScorer } from "./causal";
export { maskedReader, maskedScorer, maskLogProbs } from "./masked";
export type { MaskedModel, MaskedOptions, MaskedPlace, MaskedReader, MaskedScorer } from "./masked";
export { cachedScorer, callKey, memoryStore } from "./calls";
export type { CachedOptions, CachedScorer, CallIdentity, CallStore, CallValue } from "./calls";
export { byPrompt, checkRequests, commonLength, compareIds } from "./requests";
export type { Limits } from "./requests";

// Demonstrations: which examples a prompt shows, in which order, how they are written
export * from "./demonstrations";

// How sure a measured number is
export {
  accuracy,
  accuracyInterval,
  bootstrapMean,
  mcNemar,
  meanInterval,
  pairedBootstrap,
} from "./statistics";
export type { Interval, PairedTest } from "./statistics";

// Patterns: an example becomes a prompt that fits, and a model answers with a label
export { filled, fixed, mask, plainText, render, shortenable, template } from "./template";
export type { MaskPart, Part, Slot, SpecialPart, Template, TextPart } from "./template";
export { bertFrame, fit, leadOf } from "./fit";
export type { Cut, FitOptions, Fitted, Frame } from "./fit";
export { pattern } from "./pattern";
export type { Pattern } from "./pattern";
export { classify } from "./classify";
export type { Classified, ClassifyOptions } from "./classify";

// Verbalizers: words that stand for labels, by hand, calibrated, searched; labels without words
export { manual, wordsOf } from "./verbalizers/manual";
export type { Verbalizer } from "./verbalizers/manual";
export { checkWords, labelWords } from "./verbalizers/words";
export type { LabelWord, WordOptions } from "./verbalizers/words";
export { calibrated, contentFreeTexts, labelProbabilities } from "./verbalizers/calibrated";
export type { Combine, LabelOptions } from "./verbalizers/calibrated";
export { candidateWords, searchVerbalizer } from "./verbalizers/search";
export type { Candidate, ScoredWord, SearchOptions, Searched } from "./verbalizers/search";
export { prototypeProbabilities, prototypes } from "./verbalizers/prototypes";
export type { PrototypeOptions, Prototypes, ProximityOptions } from "./verbalizers/prototypes";

// Thinking aloud: chains of thought, votes, trees
export * from "./thought";

// Learning in context by models that the lab trains
export * from "./incontext";
// PET: training on a few labels by patterns, and what it is compared with
export * from "./pet";
