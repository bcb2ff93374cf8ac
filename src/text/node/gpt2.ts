import { bpeTokenizer, type BpeTokenizer } from "../bpe";
import { type BpeModel, gpt2Model } from "../bpeModel";
import { readVocabulary, type Vocabulary } from "./dataset";

const vocabulary: Vocabulary = {
  file: "gpt2-bpe/tokens.txt",
  tokens: 50256,
  sha256: "acfe98314817f4375b03eb63ecfa42ad67adc19f77199e612d3551a9350697ac",
};

/**
 * The byte-level BPE of GPT-2 (Radford et al. 2019, section 2.2), from datasets/gpt2-bpe: 256 bytes, 50,000 merges
 * and <|endoftext|>.
 *
 * @param path a file like tokens.txt there: tokens in GPT-2's printable form, one a line
 * @throws Error that names the file when it is missing, has another number of tokens, or is another than it was
 */
export function loadGpt2Model(path?: string): BpeModel {
  return gpt2Model(readVocabulary(vocabulary, path));
}

/** The tokenizer of GPT-2. @throws as `loadGpt2Model` */
export function loadGpt2(path?: string): BpeTokenizer {
  return bpeTokenizer(loadGpt2Model(path));
}
