import { bpeTokenizer, type BpeTokenizer } from "../bpe";
import type { BpeModel } from "../bpeModel";
import { readVocabulary } from "./dataset";

/**
 * The byte-level BPE of GPT-2 (Radford et al. 2019, section 2.2), from datasets/gpt2-bpe: 256 bytes, 50,000 merges
 * and <|endoftext|>.
 *
 * @param path a file like tokens.txt there: tokens in GPT-2's printable form, one a line
 * @throws Error that names the file when it is missing or has another number of tokens
 */
export function loadGpt2Model(path?: string): BpeModel {
  const tokens = readVocabulary("gpt2-bpe/tokens.txt", 50256, path);
  return {
    kind: "bpe",
    version: 1,
    split: "gpt2",
    tokens,
    merges: "ranks",
    wholeWords: true,
    special: { "<|endoftext|>": 50256 },
  };
}

/** The tokenizer of GPT-2. @throws as `loadGpt2Model` */
export function loadGpt2(path?: string): BpeTokenizer {
  return bpeTokenizer(loadGpt2Model(path));
}
