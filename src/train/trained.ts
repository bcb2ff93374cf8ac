import { makeRng } from "../engine";
import type { SafetensorsFile } from "../checkpoints/safetensors";
import { parseTokenizer, type Tokenizer } from "../text";
import { disposeTree } from "../tree";
import { parseJson, type SavedConfig, savedModelSchema } from "./recipe";
import { causalModel, type CausalModel, type CausalParams } from "./recipe-model";
import { readTree } from "./tree";

/** A model that a recipe trained, ready to be used. */
export interface SavedModel {
  readonly config: SavedConfig;
  readonly tokenizer: Tokenizer;
  /** The caller disposes them. */
  readonly params: CausalParams;
  /** Logits float32 [B, T, V] of ids int32 [B, T]. */
  readonly logits: CausalModel["logits"];
}

/** The three files of a trained model, wherever they come from: a disk, or a page's own data. */
export interface SavedFiles {
  /** What errors call them: a folder. */
  readonly name: string;
  /** Texts of model.json and tokenizer.json. */
  readonly model: string;
  readonly tokenizer: string;
  /** model.safetensors, opened; it stays its owner's. */
  readonly weights: SafetensorsFile;
}

/** A model of its files, in Node and in a page. @throws Error that names the file that is wrong, and the cure */
export async function openTrained({
  name,
  model,
  tokenizer: table,
  weights,
}: SavedFiles): Promise<SavedModel> {
  const config = parseJson(savedModelSchema, model, `${name}/model.json`);
  const { vocabSize, context } = config;
  const tokenizer = parseTokenizer(table, `${name}/tokenizer.json`);
  if (tokenizer.vocabSize !== vocabSize)
    throw new Error(`${name}/tokenizer.json: ${tokenizer.vocabSize} tokens, the model has ${vocabSize}.`);
  const { init, logits } = causalModel(config.model, { vocabSize, context });
  const like = init(makeRng(0));
  try {
    return { config, tokenizer, params: await readTree(weights, `${name}/model.safetensors`, like), logits };
  } finally {
    disposeTree(like);
  }
}
