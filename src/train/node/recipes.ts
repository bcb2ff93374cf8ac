/** Recipes and saved models on disk, for Node. */
import { existsSync, readdirSync } from "node:fs";
import { mkdir, readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { readSafetensors, type SafetensorsOptions, writeSafetensors } from "../../checkpoints";
import { MAX_TOKENIZER_BYTES, type TokenizerModel } from "../../text";
import { readText, saveTokenizer, writeWhole } from "../../text/node";
import { labFolder, modelFolder } from "../../text/node/place";
import { namedTensors } from "../../tree";
import { parseRecipe, parseResult, type Recipe, type RecipeResult, type SavedConfig } from "../recipe";
import type { CausalParams } from "../recipe-model";
import { openTrained, type SavedModel } from "../trained";

/** The names of the lab's recipes. */
export function listRecipes(): string[] {
  const files = readdirSync(recipesFolder());
  return files.flatMap((file) => (/^[\w-]+\.json$/.test(file) ? [file.slice(0, -5)] : [])).sort();
}

/** A recipe's text, and where it lies. */
export interface RecipeFile {
  readonly name: string;
  readonly path: string;
  readonly json: string;
}

/**
 * The file of a recipe by name, or by the path of a file that ends in .json; not yet checked.
 * @throws Error that lists the names there are, or names the file
 */
export async function readRecipe(name: string): Promise<RecipeFile> {
  const isPath = name.endsWith(".json");
  const path = isPath ? name : join(recipesFolder(), `${name}.json`);
  if (!isPath && !listRecipes().includes(name))
    throw new Error(
      `There is no recipe "${name}". There are: ${listRecipes().join(", ")}. Cure: one of them, or the path of a .json file.`,
    );
  if (!existsSync(path)) throw new Error(`${path}: there is no such file.`);
  return { name: basename(path, ".json"), path, json: await readFile(path, "utf8") };
}

/** A recipe of one model. @throws as `readRecipe`; Error that names the file and its wrong field */
export async function loadRecipe(wanted: string): Promise<{ name: string; recipe: Recipe }> {
  const { name, path, json } = await readRecipe(wanted);
  return { name, recipe: parseRecipe(json, path) };
}

/** What a recipe came to when the lab was made; undefined where nothing is shipped. */
export async function shippedResult(name: string): Promise<RecipeResult | undefined> {
  const file = await readResult(name);
  return file && parseResult(file.json, file.path);
}

/** The file of it, not yet checked. */
export async function readResult(name: string): Promise<RecipeFile | undefined> {
  const path = join(recipesFolder(), "results", `${name}.json`);
  return existsSync(path) ? { name, path, json: await readFile(path, "utf8") } : undefined;
}

/** Writes what `loadTrained` reads: model.json, tokenizer.json, model.safetensors, each whole or not at all. */
export async function saveTrained(
  folder: string,
  config: SavedConfig,
  tokenizer: TokenizerModel,
  params: CausalParams,
  options: SafetensorsOptions,
): Promise<void> {
  await mkdir(folder, { recursive: true });
  writeWhole(join(folder, "model.json"), `${JSON.stringify(config, null, 2)}\n`);
  saveTokenizer(join(folder, "tokenizer.json"), tokenizer);
  const metadata = { format: "pt", ...options.metadata };
  await writeSafetensors(join(folder, "model.safetensors"), Object.fromEntries(namedTensors(params)), { ...options, metadata }); // prettier-ignore
}

/**
 * A model that `lab train` has trained.
 * @param place a folder, or the name of one below datasets/, such as "shakespeare-char"
 * @throws Error that names the file that is missing or wrong, and the cure
 */
export async function loadTrained(place: string): Promise<SavedModel> {
  const folder = modelFolder(place);
  const path = (file: string): string => join(folder, file);
  if (!existsSync(path("model.json")))
    throw new Error(
      `${folder}: it holds no trained model (no model.json). Cure: lab train RECIPE --out FOLDER`,
    );
  const weights = await readSafetensors(path("model.safetensors"));
  try {
    const model = await readFile(path("model.json"), "utf8");
    const tokenizer = readText(path("tokenizer.json"), MAX_TOKENIZER_BYTES);
    return await openTrained({ name: folder, model, tokenizer, weights });
  } finally {
    await weights.close();
  }
}

const recipesFolder = (): string => labFolder("recipes", "tiny.json");
