import { gptDecoder, llamaDecoder } from "../models";
import type { Decoder, GptParams, LlamaParams } from "../models";
import type { SavedModel } from "../train/trained";

/**
 * The decoder of a model that `lab train` has trained, of `loadTrained("shakespeare-char")`. Make it once and keep it:
 * its compiled programs belong to it.
 */
export function trainedDecoder({ config, params }: Pick<SavedModel, "config" | "params">): Decoder {
  const { model, vocabSize, context } = config;
  return model.family === "gpt"
    ? (gptDecoder(params as GptParams, { ...model, vocabSize, context }) as Decoder)
    : (llamaDecoder(params as LlamaParams, { ...model, vocabSize, context }) as Decoder);
}
