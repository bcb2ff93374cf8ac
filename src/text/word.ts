/**
 * Whole words: the oldest tokenizer, and why nobody uses it for language models any more.
 *
 * Every language has more words than a table can hold, so the rest is one token, [UNK], and what it said is lost:
 * the out-of-vocabulary problem that subwords solve (Sennrich et al., ACL 2016, section 1).
 */
import { splitSpecial } from "./special";
import type { Piece, Tokenizer } from "./tokenizer";
import { checkId, cutVocabulary, specialIds, tokenIds, eachText, type Texts } from "./tokenList";

export interface WordModel {
  readonly kind: "word";
  readonly version: 1;
  /** Words by id, special tokens first. */
  readonly tokens: readonly string[];
  readonly special: readonly string[];
  readonly unknown: string;
  readonly lowercase: boolean;
}

export interface WordTrainConfig {
  /** Number of tokens, special ones included: the most frequent words get a place. */
  readonly vocabSize: number;
  /** Words seen less often get no place. */
  readonly minCount?: number;
  /** Makes "The" and "the" one word, at the price of the difference. */
  readonly lowercase?: boolean;
  /** The first one stands for unknown words. */
  readonly special?: readonly string[];
}

/** A word (letters, marks, digits; apostrophes inside), or one other character. White space is dropped. */
const WORD = /[\p{L}\p{M}\p{N}]+(?:['\u2019][\p{L}\p{M}\p{N}]+)*|[^\s\p{L}\p{M}\p{N}]/gu;

/** The words of a text with their places. A lone surrogate is no letter, and a word of its own. */
export function* wordsOf(text: string): Generator<{ word: string; start: number; end: number }, void> {
  for (const match of text.matchAll(WORD)) {
    const start = match.index!;
    yield { word: match[0], start, end: start + match[0].length };
  }
}

/** Counts words and keeps the most frequent. @throws RangeError when `vocabSize` is too small */
export function trainWord(texts: Texts, config: WordTrainConfig): WordModel {
  const { vocabSize, minCount = 1, lowercase = false, special = ["[UNK]"] } = config;
  if (special.length === 0) throw new RangeError("special needs a first token that stands for the unknown.");
  const counts = new Map<string, number>();
  for (const text of eachText(texts))
    for (const { word } of wordsOf(text)) {
      const key = lowercase ? word.toLowerCase() : word;
      if (!/\p{Surrogate}/u.test(key)) counts.set(key, (counts.get(key) ?? 0) + 1);
    }
  const tokens = cutVocabulary(counts, special, vocabSize, minCount);
  return { kind: "word", version: 1, tokens, special, unknown: special[0], lowercase };
}

/**
 * The tokenizer of a word model. `decode` puts one space between tokens: the original spacing is not kept.
 *
 * @throws RangeError when tokens repeat or a special token is missing
 */
export function wordTokenizer(model: WordModel): Tokenizer {
  const ids = tokenIds(model.tokens);
  const special = specialIds(model.special, ids);
  const unknown = specialIds([model.unknown], ids, "unknown")[model.unknown];

  function walk(text: string, emit: (id: number, start: number, end: number) => void): void {
    for (const { word, start, end } of wordsOf(text)) {
      emit(ids.get(model.lowercase ? word.toLowerCase() : word) ?? unknown, start, end);
    }
  }

  function token(id: number): string {
    checkId(id, model.tokens.length);
    return model.tokens[id];
  }

  return {
    kind: "word",
    vocabSize: model.tokens.length,
    special,
    encode(text, options) {
      const out: number[] = [];
      for (const segment of splitSpecial(text, special, options?.allowSpecial)) {
        if (segment.id !== undefined) out.push(segment.id);
        else walk(segment.text, (id) => out.push(id));
      }
      return out;
    },
    decode: (list) => Array.from(list, token).join(" "),
    pieces(text, options) {
      const out: Piece[] = [];
      const add = (id: number, start: number, end: number) =>
        out.push({ id, token: model.tokens[id], start, end });
      for (const { text: part, start: from, id } of splitSpecial(text, special, options?.allowSpecial)) {
        if (id !== undefined) add(id, from, from + part.length);
        else walk(part, (id, start, end) => add(id, from + start, from + end));
      }
      return out;
    },
    token,
    id: (name) => ids.get(name),
  };
}
