/** Trained models of `Files`, in Node and in a page. */
import { decodeSafetensors } from "../../checkpoints/safetensors";
import { trainedDecoder } from "../../generate";
import type { Decoder } from "../../models";
import type { Tokenizer } from "../../text";
import { openTrained } from "../../train";
import type { SavedModel } from "../../train";
import { disposeTree } from "../../tree";
import type { Files } from "./widget";

export const textFile = async (files: Files, name: string): Promise<string> =>
  new TextDecoder("utf-8", { fatal: true }).decode(await files.bytes(name));

/** The lines of a vocabulary: the line number is the id. */
export const linesOf = (text: string): string[] => text.replace(/\n$/, "").split("\n");

export interface OpenModel {
  readonly model: SavedModel;
  readonly decoder: Decoder;
  readonly tokenizer: Tokenizer;
  dispose(): void;
}

/** A model that a recipe trained, such as "shakespeare-char". @throws Error that names the file, and the cure */
export async function openModel(files: Files, name: string): Promise<OpenModel> {
  const weights = await decodeSafetensors(
    await files.bytes(`${name}/model.safetensors`),
    `${name}/model.safetensors`,
  );
  const model = await openTrained({
    name,
    model: await textFile(files, `${name}/model.json`),
    tokenizer: await textFile(files, `${name}/tokenizer.json`),
    weights,
  });
  const decoder = trainedDecoder(model);
  return { model, decoder, tokenizer: model.tokenizer, dispose: () => disposeTree(model.params) };
}

/** Characters of a text that a model of characters has never seen, each once. */
export function unknownCharacters(tokenizer: Tokenizer, text: string): string[] {
  return [...new Set(Array.from(text))].filter((char) => tokenizer.id(char) === undefined);
}

/** @throws RangeError with a sentence for the audience */
export function checkCharacters(tokenizer: Tokenizer, text: string): void {
  const unknown = unknownCharacters(tokenizer, text);
  if (unknown.length > 0)
    throw new RangeError(
      `This model has never seen ${unknown.map((char) => `“${char}”`).join(" ")}. Use other characters.`,
    );
}
