import type { Decoder } from "../models";
import { checkIds } from "./check";
import type { GenerateOptions, Prompts } from "./generate";
import type { Reader } from "./reader";

/**
 * All that can be known to be wrong before anything is computed.
 * @returns the prompts as a list
 * @throws RangeError that names what is wrong, and the cure
 */
export function checkGenerate(
  model: Decoder | Reader,
  prompts: Prompts,
  options: GenerateOptions,
): (readonly number[])[] {
  const { maxNewTokens, stop = {}, tokenizer } = options;
  if (!Number.isInteger(maxNewTokens) || maxNewTokens < 1)
    throw new RangeError(`maxNewTokens must be a whole number from 1, got ${maxNewTokens}.`);
  const texts = listOf(prompts);
  texts.forEach((ids, i) => checkIds(ids, model.vocabSize, texts.length > 1 ? `Prompt ${i}` : "The prompt"));
  if ("read" in model) checkReader(model, texts);
  else {
    const longest = Math.max(...texts.map(({ length }) => length));
    if (longest + maxNewTokens > model.context)
      throw new RangeError(
        `A prompt of ${longest} tokens and ${maxNewTokens} new ones are more than the model's context of ` +
          `${model.context}. Cure: a shorter prompt, or fewer new tokens.`,
      );
  }
  for (const id of stop.ids ?? [])
    if (!Number.isInteger(id) || id < 0 || id >= model.vocabSize)
      throw new RangeError(`stop.ids has ${id}, outside 0 to ${model.vocabSize - 1}.`);
  if (stop.strings && stop.strings.length > 0 && !tokenizer)
    throw new RangeError("stop.strings needs a tokenizer, which makes text of the tokens.");
  return texts;
}

function checkReader(reader: Reader, texts: readonly (readonly number[])[]): void {
  if (texts.length !== reader.batch)
    throw new RangeError(`${texts.length} prompts for a reader of ${reader.batch} texts.`);
  if (reader.length === 0) return;
  if (texts.some(({ length }) => length !== texts[0]?.length))
    throw new RangeError(
      "A reader of several texts that has read a beginning needs prompts of one length. Cure: rewind(0).",
    );
  if ((texts[0] as readonly number[]).length <= reader.length)
    throw new RangeError(
      `The reader has read ${reader.length} tokens and the text has ${texts[0]?.length}: at least one must be new. ` +
        "Cure: rewind the reader to where the texts part.",
    );
}

function listOf(prompts: Prompts): (readonly number[])[] {
  const given: readonly (number | readonly number[])[] = prompts;
  const several = given.length > 0 && given.every((each) => typeof each !== "number");
  return several ? [...(given as (readonly number[])[])] : [given as readonly number[]];
}
