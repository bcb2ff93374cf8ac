import o200kRanks from "gpt-tokenizer/cjs/bpeRanks/o200k_base";
import cl100kRanks from "gpt-tokenizer/cjs/bpeRanks/cl100k_base";
import { type BpeModel, bytesToPrintable, type SplitName, textToBytes } from "../../src/text";
import { loadGpt2Model } from "../../src/text/node";

type Ranks = readonly (string | readonly number[] | undefined)[];

/** OpenAI's tokenizers, our model of each; the rank tables come from the npm package gpt-tokenizer. */
export const openAiModels: Readonly<Record<string, () => BpeModel>> = {
  gpt2: () => loadGpt2Model(),
  cl100k_base: () => model("cl100k", cl100kRanks as Ranks),
  o200k_base: () => model("o200k", o200kRanks as Ranks),
};

function model(split: SplitName, ranks: Ranks): BpeModel {
  const tokens = Array.from(ranks, (token) => {
    if (token === undefined) return "";
    return bytesToPrintable(typeof token === "string" ? textToBytes(token) : Uint8Array.from(token));
  });
  return { kind: "bpe", version: 1, split, tokens, merges: "ranks", wholeWords: true, special: {} };
}
