/** Layer models: a model family a file, in the order of its paper. */
export { gpt, gptCache, gptStack, gptStates, initGpt } from "./gpt";
export type { GptBlock, GptConfig, GptParams, GptStack, GptStackConfig } from "./gpt";
export { initLlama, llama, llamaCache, llamaHead, llamaStack, llamaStates } from "./llama";
export type { LlamaBlock, LlamaConfig, LlamaParams, LlamaStack } from "./llama";
export { gptDecoder, llamaDecoder } from "./decoder";
export { packParams } from "./packed";
export type { PackedTree } from "./packed";
export type { Decoder } from "./decoder";
export {
  bert,
  bertBlocks,
  bertEmbed,
  bertMlm,
  bertNsp,
  bertPooled,
  initBert,
  sentenceEmbedding,
} from "./bert";
export type { BertBlock, BertConfig, BertInput, BertMlmHead, BertParams } from "./bert";
export { initT5, t5, t5Cache, t5Decode, t5Encode, t5Head } from "./t5";
export type { T5Block, T5Config, T5Input, T5Params, T5Stack } from "./t5";
export { BART_OFFSET, bart, bartCache, bartDecode, bartEncode, bartHead, initBart } from "./bart";
export type { BartBlock, BartConfig, BartInput, BartParams, BartStack } from "./bart";
export { shiftRight } from "./inputs";
export { glm, glmStates, initGlm } from "./glm";
export type { GlmBlock, GlmConfig, GlmInput, GlmParams } from "./glm";
export {
  addK,
  countNgrams,
  fitJelinekMercer,
  jelinekMercer,
  kneserNey,
  nextDistribution,
  sequenceLoss,
  uniformModel,
} from "./ngram";
export type { NextProbability, NgramCounts } from "./ngram";
export { initRnn, initRnnLayer, rnn, rnnLayer, rnnWithState, zeroState } from "./rnn";
export type { RnnConfig, RnnLayer, RnnParams, RnnState } from "./rnn";
export { elmo, elmoLoss, elmoStates, initElmo, initElmoMix, mixElmo } from "./elmo";
export type { ElmoConfig, ElmoMix, ElmoParams } from "./elmo";
export { initPositional, positional, schemes } from "./positional";
export type { PositionalConfig, PositionalParams, Scheme } from "./positional";

// Sizes: published models as data, their parameters and what they cost to compute
export { bartPresets, bertPresets, glmPresets, gptPresets, llamaPresets, t5Presets } from "./presets";
export type { BartPreset, BertPreset, GlmPreset, GptPreset, LlamaPreset, T5Preset } from "./presets";
export { published } from "./published";
export type { Published } from "./published";
export { bartParts, bertParts, glmParts, gptParts, llamaParts, t5Parts } from "./accounting";
export type { BertHeads } from "./accounting";
export { totalCount } from "./counting";
export type { PartCount } from "./counting";
export {
  bertSizes,
  cacheBytesPerToken,
  forwardFlops,
  gptSizes,
  llamaSizes,
  programFlops,
  ruleOfSix,
  trainingFlops,
} from "./flops";
export type { StackSizes, TokenFlops } from "./flops";
export { initReader, reader } from "./reader";
export type { ReaderConfig, ReaderInput, ReaderParams } from "./reader";
