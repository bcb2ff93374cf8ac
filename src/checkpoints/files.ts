/** Small text files of a model's folder, for Node. */
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { parseStrictJson } from "./safetensors-header";

/** Most bytes of a configuration, and of a tokenizer (the largest in use have 35 MB). */
export const MAX_CONFIG_BYTES = 2 ** 20;
export const MAX_TOKENIZER_JSON_BYTES = 2 ** 26;

/** A JSON file that holds one object. @throws Error that names the file: missing, too large, not JSON, a key twice */
export function readJson(path: string, most = MAX_CONFIG_BYTES): Record<string, unknown> {
  return parseStrictJson(readBytes(path, most), path);
}

/** The same, or an empty object where there is no such file. */
export function readJsonIfThere(folder: string, file: string): Record<string, unknown> {
  const path = join(folder, file);
  return existsSync(path) ? readJson(path) : {};
}

/** The bytes of a file of limited size. @throws Error that names the file */
export function readBytes(path: string, most: number): Uint8Array {
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found) throw new Error(`${path}: there is no such file.`);
  if (!found.isFile()) throw new Error(`${path}: not a file.`);
  if (found.size > most)
    throw new Error(`${path}: ${found.size} bytes, more than the ${most} that are read.`);
  return readFileSync(path);
}

/** A UTF-8 text of limited size. @throws Error that names the file */
export function readTextFile(path: string, most: number): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(readBytes(path, most));
  } catch (error) {
    if (error instanceof TypeError) throw new Error(`${path}: not UTF-8 text.`, { cause: error });
    throw error;
  }
}
