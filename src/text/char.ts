/**
 * Characters: a small table, long sequences, and no unknown words; only characters never seen are [UNK].
 * A character is a Unicode code point, so an emoji such as a family of four is several.
 */
import { splitSpecial } from "./special";
import type { Piece, Tokenizer } from "./tokenizer";
import { checkId, cutVocabulary, specialIds, tokenIds, wellFormed, eachText, type Texts } from "./tokenList";

export interface CharModel {
  readonly kind: "char";
  readonly version: 1;
  /** Characters by id, special tokens first. */
  readonly tokens: readonly string[];
  readonly special: readonly string[];
  readonly unknown: string;
}

export interface CharTrainConfig {
  /** Number of tokens, special ones included; by default every character gets a place. */
  readonly vocabSize?: number;
  /** Characters seen less often get no place. */
  readonly minCount?: number;
  /** The first one stands for unknown characters. */
  readonly special?: readonly string[];
}

/** Counts characters and keeps the most frequent. @throws RangeError when `vocabSize` is too small */
export function trainChar(texts: Texts, config: CharTrainConfig = {}): CharModel {
  const { vocabSize = Infinity, minCount = 1, special = ["[UNK]"] } = config;
  if (special.length === 0) throw new RangeError("special needs a first token that stands for the unknown.");
  const counts = new Map<string, number>();
  for (const text of eachText(texts))
    for (const char of wellFormed(text)) counts.set(char, (counts.get(char) ?? 0) + 1);
  const tokens = cutVocabulary(counts, special, vocabSize, minCount);
  return { kind: "char", version: 1, tokens, special, unknown: special[0] };
}

/**
 * The tokenizer of a character model: without unknown characters `decode(encode(text))` is the text.
 * A lone surrogate counts as U+FFFD.
 *
 * @throws RangeError when tokens repeat or a special token is missing
 */
export function charTokenizer(model: CharModel): Tokenizer {
  const ids = tokenIds(model.tokens);
  const special = specialIds(model.special, ids);
  const unknown = specialIds([model.unknown], ids, "unknown")[model.unknown];

  function token(id: number): string {
    checkId(id, model.tokens.length);
    return model.tokens[id];
  }

  return {
    kind: "char",
    vocabSize: model.tokens.length,
    special,
    encode(text, options) {
      const out: number[] = [];
      for (const segment of splitSpecial(text, special, options?.allowSpecial)) {
        if (segment.id !== undefined) out.push(segment.id);
        else for (const char of wellFormed(segment.text)) out.push(ids.get(char) ?? unknown);
      }
      return out;
    },
    decode: (list) => Array.from(list, token).join(""),
    pieces(text, options) {
      const out: Piece[] = [];
      for (const { text: part, start, id } of splitSpecial(text, special, options?.allowSpecial)) {
        if (id !== undefined) {
          out.push({ id, token: part, start, end: start + part.length });
          continue;
        }
        let at = start;
        for (const char of wellFormed(part)) {
          const id = ids.get(char) ?? unknown;
          out.push({ id, token: model.tokens[id], start: at, end: at + char.length });
          at += char.length;
        }
      }
      return out;
    },
    token,
    id: (name) => ids.get(name),
  };
}
