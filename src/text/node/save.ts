import {
  MAX_TOKENIZER_BYTES,
  parseTokenizerModel,
  type TokenizerModel,
  tokenizerOf,
  tokenizerToJson,
} from "../save";
import type { Tokenizer } from "../tokenizer";
import { readText, writeWhole } from "./files";

/**
 * Writes a model to a file, whole or not at all. The model is checked before anything is written.
 *
 * @throws RangeError when the model contradicts itself; the system's error when the folder cannot be written
 */
export function saveTokenizer(path: string, model: TokenizerModel): void {
  tokenizerOf(model);
  writeWhole(path, tokenizerToJson(model));
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
