/** What a tokenizer costs: tokens for a text, unknown words, and the trade of vocabulary size against length. */
import { bpeTokenizer } from "./bpe";
import type { BpeModel } from "./bpeModel";
import type { Tokenizer } from "./tokenizer";
import { wordsOf } from "./word";

/** How short a tokenizer makes a text. */
export interface Compression {
  /** Unicode code points. */
  readonly characters: number;
  /** UTF-8 bytes. */
  readonly bytes: number;
  /** Words as `wordsOf` cuts them, punctuation included. */
  readonly words: number;
  readonly tokens: number;
  readonly charactersPerToken: number;
  /** Comparable between languages: a Chinese character is 3 bytes. */
  readonly bytesPerToken: number;
  /** "Fertility": 1 means that every word is one token. */
  readonly tokensPerWord: number;
}

/** Counts for a text; ratios are 0 where there is nothing to divide. */
export function compression(tokenizer: Tokenizer, text: string): Compression {
  const tokens = tokenizer.encode(text).length;
  let characters = 0;
  let bytes = 0;
  for (let i = 0; i < text.length; i++, characters++) {
    const code = text.codePointAt(i)!;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    if (code > 0xffff) i++;
  }
  const words = countOf(wordsOf(text));
  const ratio = (a: number, b: number) => (b === 0 ? 0 : a / b);
  return {
    characters,
    bytes,
    words,
    tokens,
    charactersPerToken: ratio(characters, tokens),
    bytesPerToken: ratio(bytes, tokens),
    tokensPerWord: ratio(tokens, words),
  };
}

function countOf(items: Iterator<unknown>): number {
  let count = 0;
  while (!items.next().done) count++;
  return count;
}

/** Part of the tokens of a text that are the unknown token, 0 to 1: the out-of-vocabulary problem as a number. */
export function unkRate(tokenizer: Tokenizer, text: string): number {
  const unknown = tokenizer.special["[UNK]"] ?? tokenizer.special["<unk>"];
  const ids = tokenizer.encode(text);
  if (unknown === undefined || ids.length === 0) return 0;
  return ids.filter((id) => id === unknown).length / ids.length;
}

/**
 * The BPE that training with a smaller vocabulary would have given: a BPE's first merges do not depend on how many
 * follow. Special tokens keep their names and get the last ids.
 *
 * @throws RangeError when the model does not list bytes, then one token for each merge (as `trainBpe` does), or
 *   `vocabSize` is outside what it has
 */
export function truncateBpe(model: BpeModel, vocabSize: number): BpeModel {
  const names = Object.keys(model.special);
  const keep = vocabSize - 256 - names.length;
  const { merges, tokens } = model;
  if (merges === "ranks") throw new RangeError("truncateBpe needs a list of merges; this model has ranks.");
  if (!Number.isInteger(keep) || keep < 0 || keep > merges.length) {
    const least = 256 + names.length;
    throw new RangeError(
      `vocabSize is ${vocabSize}; this model can have ${least} to ${least + merges.length}.`,
    );
  }
  merges.forEach(([a, b], i) => {
    if (tokens[256 + i] !== tokens[a] + tokens[b])
      throw new RangeError(
        `Token ${256 + i} is not what merge ${i} makes: the ids are not in the order of training.`,
      );
  });
  return {
    ...model,
    tokens: tokens.slice(0, 256 + keep),
    merges: merges.slice(0, keep),
    special: Object.fromEntries(names.map((name, i) => [name, 256 + keep + i])),
  };
}

/** One point of the trade: a larger vocabulary makes shorter sequences and a larger embedding. */
export interface VocabPoint {
  readonly vocabSize: number;
  readonly tokens: number;
  readonly charactersPerToken: number;
  /** Parameters of the embedding table, vocabSize x width (twice that where the output layer is not tied to it). */
  readonly embeddingParameters: number;
}

/**
 * Sequence length by vocabulary size, from one trained BPE whose merges are cut (`truncateBpe`), not trained again.
 *
 * @param width the model's hidden size d
 * @throws RangeError as `truncateBpe`
 */
export function vocabCurve(
  model: BpeModel,
  text: string,
  { sizes, width }: { readonly sizes: readonly number[]; readonly width: number },
): VocabPoint[] {
  return sizes.map((vocabSize) => {
    const { tokens, charactersPerToken } = compression(bpeTokenizer(truncateBpe(model, vocabSize)), text);
    return { vocabSize, tokens, charactersPerToken, embeddingParameters: vocabSize * width };
  });
}
