import type { Tokenizer } from "../tokenizer";
import { bertModel, type WordPieceModel, wordPieceTokenizer } from "../wordpiece";
import { readVocabulary } from "./dataset";

/**
 * The WordPiece model of all-MiniLM-L6-v2 (bert-base-uncased's vocabulary), from datasets/minilm-wordpiece.
 *
 * @param path a vocab.txt: one token a line, the line number is the id
 * @throws Error that names the file when it is missing, or has another number of tokens
 */
export function loadMiniLMModel(path?: string): WordPieceModel {
  return bertModel(readVocabulary("minilm-wordpiece/vocab.txt", 30522, path));
}

/** The tokenizer of all-MiniLM-L6-v2. @throws as `loadMiniLMModel` */
export function loadMiniLM(path?: string): Tokenizer {
  return wordPieceTokenizer(loadMiniLMModel(path));
}
