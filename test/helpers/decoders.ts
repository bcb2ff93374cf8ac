import type { GptConfig, LlamaConfig } from "../../src/models";

/** Two small decoders of 23 tokens and a context of 40, for tests of what reads with them. */
export const gptConfig: GptConfig = {
  vocabSize: 23,
  context: 40,
  dModel: 16,
  nLayer: 2,
  nHead: 2,
  order: "pre",
};
export const llamaConfig: LlamaConfig = {
  vocabSize: 23,
  context: 40,
  dModel: 16,
  nLayer: 2,
  nHead: 4,
  nKvHead: 2,
  dFfn: 24,
  tied: true,
  epsilon: 1e-5,
};
