/** Layer models: a model family a file, in the order of its paper. */
export { gpt, gptCache, gptStates, initGpt } from "./gpt";
export type { GptBlock, GptConfig, GptParams } from "./gpt";
export { initLlama, llama, llamaCache, llamaHead, llamaStates } from "./llama";
export type { LlamaBlock, LlamaConfig, LlamaParams } from "./llama";
