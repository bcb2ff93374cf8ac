/** A model's folder as Hugging Face lays it out: config.json, model.safetensors (or shards), tokenizer.json. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { tokenizerOf } from "../text";
import { MAX_TOKENIZER_JSON_BYTES, readJson, readJsonIfThere, readTextFile } from "./files";
import { familyOf } from "./families";
import { type Around, loadFamily, type LoadedModel, type SpecialIds } from "./model";
import type { WeightSource } from "./names/types";
import type { SafetensorsFile } from "./safetensors";
import { readSafetensors } from "./safetensors-files";
import { findChatTemplate, readTokenizerJson } from "./tokenizers";

/**
 * Loads a model's folder.
 *
 * @throws Error that names file and field or tensor: missing, damaged, of an architecture or with a feature that we
 *   have not, weights that do not fit the configuration
 */
export async function loadFolder(folder: string): Promise<LoadedModel> {
  const path = join(folder, "config.json");
  const json = readJson(path);
  const family = familyOf(json, path);
  const file = await readSafetensors(folder);
  try {
    return await loadFamily(family, json, path, safetensorsWeights(file, folder), surroundings(folder, json));
  } finally {
    await file.close();
  }
}

/** Tensors of a safetensors file, or of all shards of a folder. */
export function safetensorsWeights(file: SafetensorsFile, name: string): WeightSource {
  return {
    name,
    shapes: new Map(file.names.map((each) => [each, file.info(each).shape])),
    tensor: (each) => file.tensor(each),
  };
}

/** What stands around the weights of a folder. What cannot be read exactly becomes a note. */
function surroundings(folder: string, config: Record<string, unknown>): Around {
  const notes: string[] = [];
  const tokenizer = attempt(notes, () => {
    const path = join(folder, "tokenizer.json");
    if (!existsSync(path)) throw new Error(`${folder}: no tokenizer.json`);
    const model = readTokenizerJson(readTextFile(path, MAX_TOKENIZER_JSON_BYTES), path);
    tokenizerOf(model);
    return model;
  });
  const jinja = templateOf(folder);
  const chat = jinja === undefined ? undefined : findChatTemplate(jinja);
  if (jinja !== undefined && chat === undefined)
    notes.push(`${folder}: its chat template is none that we know`);
  const said = { ...config, ...readJsonIfThere(folder, "generation_config.json") };
  return {
    source: folder,
    ...(tokenizer ? { tokenizerModel: tokenizer } : {}),
    ...(chat ? { chat } : {}),
    special: specialIds(said["bos_token_id"], said["eos_token_id"], said["pad_token_id"]),
    notes,
  };
}

function templateOf(folder: string): string | undefined {
  const own = join(folder, "chat_template.jinja");
  if (existsSync(own)) return readTextFile(own, 2 ** 20);
  const template = readJsonIfThere(folder, "tokenizer_config.json")["chat_template"];
  return typeof template === "string" ? template : undefined;
}

/** Ids as files give them: a number, a list of numbers, or nothing. */
export function specialIds(begin: unknown, end: unknown, padding: unknown): SpecialIds {
  const isId = (value: unknown): value is number => Number.isInteger(value) && (value as number) >= 0;
  return {
    ...(isId(begin) ? { begin } : {}),
    end: (Array.isArray(end) ? end : [end]).filter(isId),
    ...(isId(padding) ? { padding } : {}),
  };
}

function attempt<T>(notes: string[], read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    notes.push((error as Error).message);
    return undefined;
  }
}
