import { randomBytes } from "node:crypto";
import {
  closeSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import {
  MAX_TOKENIZER_BYTES,
  parseTokenizerModel,
  type TokenizerModel,
  tokenizerOf,
  tokenizerToJson,
} from "../save";
import type { Tokenizer } from "../tokenizer";

/**
 * Writes a model to a file: first beside it, then renamed, so a reader finds the old file or the new one, never a
 * part. The model is checked before anything is written.
 *
 * @throws RangeError when the model contradicts itself; the system's error when the folder cannot be written
 */
export function saveTokenizer(path: string, model: TokenizerModel): void {
  tokenizerOf(model);
  const temporary = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString("hex")}.tmp`);
  try {
    const file = openSync(temporary, "wx");
    try {
      const bytes = Buffer.from(tokenizerToJson(model), "utf8");
      for (let done = 0; done < bytes.length;) done += writeSync(file, bytes, done);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

/**
 * Reads the model of a file that `saveTokenizer` wrote.
 *
 * @throws Error that names the file, and the field that is wrong
 */
export function loadTokenizerModel(path: string): TokenizerModel {
  return parseTokenizerModel(readText(path, MAX_TOKENIZER_BYTES), path);
}

/** The tokenizer of a file that `saveTokenizer` wrote. @throws as `loadTokenizerModel` */
export function loadTokenizer(path: string): Tokenizer {
  return tokenizerOf(loadTokenizerModel(path));
}

/** A UTF-8 file of a limited size. @throws Error that names the file when it is too large or not UTF-8 */
export function readText(path: string, limit: number): string {
  const { size } = statSync(path);
  if (size > limit) throw new Error(`${path}: ${size} bytes, more than the ${limit} that are read.`);
  const bytes = readFileSync(path);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new Error(`${path}: not UTF-8 text.`);
  }
}
