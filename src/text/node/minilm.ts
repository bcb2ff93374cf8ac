import type { Tokenizer } from "../tokenizer";
import { bertModel, type WordPieceModel, wordPieceTokenizer } from "../wordpiece";
import { readVocabulary, type Vocabulary } from "./dataset";

const vocabulary: Vocabulary = {
  file: "minilm-wordpiece/vocab.txt",
  tokens: 30522,
  sha256: "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3",
};

/**
 * The WordPiece model of all-MiniLM-L6-v2 (bert-base-uncased's vocabulary), from datasets/minilm-wordpiece.
 *
 * @param path a vocab.txt: one token a line, the line number is the id
 * @throws Error that names the file when it is missing, has another number of tokens, or is another than it was
 */
export function loadMiniLMModel(path?: string): WordPieceModel {
  return bertModel(readVocabulary(vocabulary, path));
}

/** The tokenizer of all-MiniLM-L6-v2. @throws as `loadMiniLMModel` */
export function loadMiniLM(path?: string): Tokenizer {
  return wordPieceTokenizer(loadMiniLMModel(path));
}
