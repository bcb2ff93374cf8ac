import { nextCl100k } from "./splitCl100k";
import { nextGpt2, nextGpt2Digits } from "./splitGpt2";
import { nextO200k } from "./splitO200k";

/**
 * Pre-tokenization: cutting a text into words before byte-pair encoding. No merge crosses a cut, so the cuts
 * decide what a token can be: "dog." and "dog!" share "dog", and a number never joins a word.
 *
 * The rules below are the specification, one regular expression each. tiktoken (in Rust) writes `\s` where we
 * write `\p{White_Space}`: JavaScript's own `\s` has U+FEFF and lacks U+0085, Rust's is the Unicode property.
 * Its possessive `++` only saves time and is dropped; its `(?i:'s)` also takes U+017F, the long s, as we say.
 */
export const splitPatterns = {
  /** GPT-2 (Radford et al. 2019): contractions, then letters, digits or signs with one space before them. */
  gpt2: /'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\p{White_Space}\p{L}\p{N}]+|\p{White_Space}+(?!\P{White_Space})|\p{White_Space}+/u,
  /** SmolLM2: every digit alone, and GPT-2's rule between them. */
  gpt2Digits:
    /\p{N}|'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?[^\p{White_Space}\p{L}\p{N}]+|\p{White_Space}+(?![^\p{White_Space}\p{N}])|\p{White_Space}+/u,
  /** GPT-3.5 and GPT-4: contractions in any case, at most three digits, line ends stay with signs. */
  cl100k:
    /'(?:[sSſdDmMtT]|[lL][lL]|[vV][eE]|[rR][eE])|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\p{White_Space}\p{L}\p{N}]+[\r\n]*|\p{White_Space}+$|\p{White_Space}*[\r\n]|\p{White_Space}+(?!\P{White_Space})|\p{White_Space}/u,
  /** GPT-4o and later: a word ends where lower case turns to upper; marks belong to words; contractions to their word. */
  o200k:
    /[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?:'(?:[sSſdDmMtT]|[lL][lL]|[vV][eE]|[rR][eE]))?|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?:'(?:[sSſdDmMtT]|[lL][lL]|[vV][eE]|[rR][eE]))?|\p{N}{1,3}| ?[^\p{White_Space}\p{L}\p{N}]+[\r\n/]*|\p{White_Space}*[\r\n]+|\p{White_Space}+(?!\P{White_Space})|\p{White_Space}+/u,
  /** No cut: the whole text is one word. For lessons on short texts. */
  none: /[^]+/u,
} as const;

/** Name of a pre-tokenization rule. */
export type SplitName = keyof typeof splitPatterns;

/** Given where a word starts, says where it ends (UTF-16 offsets, start < end <= text.length). */
export type NextWord = (text: string, start: number) => number;

/** The same rules as scanners written by hand: equal to the patterns (a property test holds them to it), and faster. */
export const nextWord: Readonly<Record<SplitName, NextWord>> = {
  gpt2: nextGpt2,
  gpt2Digits: nextGpt2Digits,
  cl100k: nextCl100k,
  o200k: nextO200k,
  none: (text) => text.length,
};

/** The words of a text by a rule; joined again they are the text. */
export function splitWords(text: string, split: SplitName = "gpt2"): string[] {
  const next = nextWord[split];
  const words: string[] = [];
  for (let start = 0; start < text.length;) {
    const end = next(text, start);
    words.push(text.slice(start, end));
    start = end;
  }
  return words;
}

/** The words by the regular expression itself: the specification that `splitWords` is tested against. */
export function splitWordsByPattern(text: string, split: SplitName = "gpt2"): string[] {
  return text.match(new RegExp(splitPatterns[split], "gu")) ?? [];
}
