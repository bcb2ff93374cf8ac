import type { LoadedModel, LoadedPacked } from "../checkpoints";
import { gptDecoder, llamaDecoder } from "../models";
import type { Decoder } from "../models";

/**
 * The decoder of a loaded model. Make it once and keep it: its compiled programs belong to it.
 * @throws TypeError for a model that does not write from left to right
 */
export function decoderOf(model: LoadedModel | LoadedPacked): Decoder {
  switch (model.family) {
    case "gpt2":
      return gptDecoder(model.params, model.config) as Decoder;
    case "llama":
    case "falcon":
      return llamaDecoder(model.params, model.config) as Decoder;
    default:
      throw new TypeError(
        `A model of the family ${model.family} does not write from left to right: GPT and LLaMA do.`,
      );
  }
}
