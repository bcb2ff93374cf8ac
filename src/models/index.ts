/** Layer models: a model family a file, in the order of its paper. */
export { gpt, gptCache, gptStates, initGpt } from "./gpt";
export type { GptBlock, GptConfig, GptParams } from "./gpt";
export { initLlama, llama, llamaCache, llamaHead, llamaStates } from "./llama";
export type { LlamaBlock, LlamaConfig, LlamaParams } from "./llama";
export { bert, bertMlm, bertNsp, bertPooled, initBert, sentenceEmbedding } from "./bert";
export type { BertBlock, BertConfig, BertInput, BertMlmHead, BertParams } from "./bert";
