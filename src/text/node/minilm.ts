import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { bertModel, type WordPieceModel, wordPieceTokenizer } from "../wordpiece";
import type { Tokenizer } from "../tokenizer";
import { readText } from "./save";

const VOCABULARY = join("datasets", "minilm-wordpiece", "vocab.txt");
const TOKENS = 30522;

/**
 * The WordPiece model of all-MiniLM-L6-v2 (bert-base-uncased's vocabulary), from datasets/minilm-wordpiece.
 *
 * @param path a vocab.txt: one token a line, the line number is the id
 * @throws Error that names the file when it is missing, or has another number of tokens
 */
export function loadMiniLMModel(path = join(projectRoot(), VOCABULARY)): WordPieceModel {
  const lines = readText(path, 2 ** 22).split("\n");
  if (lines.at(-1) === "") lines.pop();
  if (lines.length !== TOKENS) {
    throw new Error(
      `${path}: ${lines.length} tokens, expected ${TOKENS}. Is the file cut off? Restore it with git.`,
    );
  }
  return bertModel(lines);
}

/** The tokenizer of all-MiniLM-L6-v2. @throws as `loadMiniLMModel` */
export function loadMiniLM(path?: string): Tokenizer {
  return wordPieceTokenizer(loadMiniLMModel(path));
}

/** The folder that holds datasets/: above this file, both in src/ and in the compiled dist/. */
function projectRoot(): string {
  for (let at = __dirname; dirname(at) !== at; at = dirname(at))
    if (existsSync(join(at, VOCABULARY))) return at;
  throw new Error(`No ${VOCABULARY} above ${__dirname}: restore it with git.`);
}
