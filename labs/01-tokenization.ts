// Made from solutions/01-tokenization.ts. A fresh copy: lab reset 01. As shipped: 973582d38bb3df9c
/**
 * Lab 01: tokenization.
 *
 * Eight functions, from a first loop to the algorithms inside GPT-2, BERT and T5. Each stands alone, apart from
 * `trainBpe`, which is short once it uses `countPairs` and `mergePair`. Replace each `throw` by your code, save,
 * and run the check: in a notebook `await check("01/count-pairs", countPairs)`, in a terminal `lab grade --lab 01`.
 *
 * Plain arrays, Maps and Sets are all you need. Leave the arguments as they are: return something new.
 */

/** A word of the training text, cut into symbols, with the number of times it occurs. */
export interface Word {
  readonly symbols: readonly string[];
  readonly count: number;
}

/** Two neighbours that are to become one symbol. */
export type Merge = readonly [left: string, right: string];

/** The name of a pair in a Map. Symbols hold no space, so the name can be cut again: `key.split(" ")`. */
export function pairKey(left: string, right: string): string {
  return `${left} ${right}`;
}

/**
 * 1. Characters to ids.   Difficulty 1 of 5, importance 3 of 5, about 5 minutes
 *
 * The id of a character is its place in `vocabulary`. Place 0 holds "[UNK]" (unknown): every character that is
 * not in the vocabulary becomes 0. A character is a Unicode code point, so "🙂" is one, although its
 * JavaScript `length` is 2.
 *
 * encodeChars("abz", ["[UNK]", "a", "b"])  ->  [1, 2, 0]
 */
export function encodeChars(text: string, vocabulary: readonly string[]): number[] {
  // TODO: give each character its place in the vocabulary, or 0
  throw new Error("Not implemented yet: encodeChars");
}

/**
 * 2. Count pairs.   Difficulty 1 of 5, importance 5 of 5, about 10 minutes
 *
 * How often does each pair of neighbouring symbols occur? A word that occurs `count` times counts that often.
 * Every place counts, also where pairs overlap: "a a a" holds the pair "a a" twice. Pairs never cross from one
 * word to the next. The keys are made by `pairKey`.
 *
 * countPairs([{ symbols: ["l", "o", "w"], count: 5 }])  ->  Map { "l o" => 5, "o w" => 5 }
 *
 * Sennrich, Haddow, Birch (2016), "Neural Machine Translation of Rare Words with Subword Units", Algorithm 1.
 */
export function countPairs(words: readonly Word[]): Map<string, number> {
  // TODO: add each word's count to each of its neighbouring pairs
  throw new Error("Not implemented yet: countPairs");
}

/**
 * 3. Merge a pair.   Difficulty 2 of 5, importance 5 of 5, about 10 minutes
 *
 * Join every `left` that is followed by `right`, from left to right. A symbol is used once, so "a a a" with the
 * pair a, a becomes "aa a". Must stay fast for a text of 400,000 symbols: go through it once.
 *
 * mergePair(["h", "u", "g", "h", "u"], "h", "u")  ->  ["hu", "g", "hu"]
 */
export function mergePair(symbols: readonly string[], left: string, right: string): string[] {
  // TODO: copy the symbols, joining the pair wherever it stands
  throw new Error("Not implemented yet: mergePair");
}

/**
 * 4. Ids back to text, by bytes.   Difficulty 2 of 5, importance 4 of 5, about 15 minutes
 *
 * A byte-level tokenizer such as GPT-2's knows tokens as bytes: token `id` stands for the bytes `table[id]`. Give
 * the text whose UTF-8 form these bytes are, all together: one character may be spread over several tokens.
 * Bytes that are no UTF-8 (a model may write any ids) become U+FFFD, "�", as `TextDecoder` does it; nothing else
 * may be lost, not even a byte order mark (U+FEFF) at the start.
 * Throws a RangeError that names the first id that is not in the table.
 *
 * decodeBytes([1, 0, 2], [[0xc3], [0x68], [0xa9, 0x21]])  ->  "hé!"
 */
export function decodeBytes(ids: readonly number[], table: readonly (readonly number[])[]): string {
  // TODO: collect the bytes of all tokens, then decode them once
  throw new Error("Not implemented yet: decodeBytes");
}

/**
 * 5. Train BPE.   Difficulty 3 of 5, importance 5 of 5, about 20 minutes
 *
 * Byte-pair encoding: find the commonest pair, merge it in every word, and again, `merges` times. Gives the pairs
 * in the order in which they were merged. Of pairs that are equally common, the one that is smaller as text wins:
 * first by its left symbol, then by its right one (`<` on strings; the same order as `<` on their keys). Stops
 * early when no word has two symbols left.
 *
 * trainBpe([{ symbols: ["h", "u", "g"], count: 10 }, { symbols: ["b", "u", "g"], count: 4 }], 2)
 *   ->  [["u", "g"], ["h", "ug"]]
 *
 * Sennrich et al. (2016), Algorithm 1, which leaves ties open; this rule makes the answer unique.
 */
export function trainBpe(words: readonly Word[], merges: number): Merge[] {
  // TODO: count the pairs, take the best, merge it everywhere, and again
  throw new Error("Not implemented yet: trainBpe");
}

/**
 * 6. Encode a word with merges.   Difficulty 3 of 5, importance 5 of 5, about 20 minutes
 *
 * Cut the word into characters (code points). Then, as long as some neighbours are a pair of `merges`, merge the
 * pair that stands EARLIEST IN THE LIST, wherever it occurs in the word. Not the longest token, not the leftmost
 * pair: the order in which the pairs were learned decides.
 * Must stay fast for one word of 32,000 letters: merge all places of a pair in one go.
 *
 * encodeBpe("hugs", [["u", "g"], ["h", "ug"]])  ->  ["hug", "s"]
 *
 * Radford et al. (2019), GPT-2: the function `bpe` of its encoder.
 */
export function encodeBpe(word: string, merges: readonly Merge[]): string[] {
  // TODO: merge the pair with the lowest rank, everywhere, until no pair is left
  throw new Error("Not implemented yet: encodeBpe");
}

/**
 * 7. WordPiece.   Difficulty 3 of 5, importance 4 of 5, about 15 minutes
 *
 * BERT's way to cut a word: take the longest piece of the vocabulary that the word starts with, then the longest
 * that the rest starts with, and so on. A piece that does not begin the word is written with "##" in front, in
 * the vocabulary and in the answer. If at some place no piece fits, the WHOLE word becomes ["[UNK]"].
 * The empty word has no pieces: []. As before, a character is a code point, and is never cut in two.
 *
 * wordPiece("hugs", new Set(["[UNK]", "hug", "hu", "##g", "##s"]))  ->  ["hug", "##s"]
 *
 * Wu et al. (2016), section 4.1; BERT's tokenization.py. (BERT also turns words of over 100 characters into
 * [UNK]; that is not asked here.)
 */
export function wordPiece(word: string, vocabulary: ReadonlySet<string>): string[] {
  // TODO: take the longest piece that fits, again and again
  throw new Error("Not implemented yet: wordPiece");
}

/**
 * 8. Unigram: the most probable cut.   Difficulty 5 of 5, importance 3 of 5, about 30 minutes
 *
 * A Unigram model gives each piece a probability; a cut of the text is as probable as the product of its pieces.
 * `logProbs` holds logarithms, so they are added. Give the pieces of the most probable cut. A single character
 * (code point) that is no piece may stand alone too, at the price `unknownLogProb`. Of equally probable cuts any
 * will do.
 * There are 2^(n-1) cuts of n characters, so do not try them all: the best cut of the first n characters is the
 * best cut of the first m, for some m < n, and one more piece (Viterbi's algorithm).
 *
 * viterbi("hugs", new Map([["hug", -2], ["s", -3], ["hu", -1], ["gs", -5]]), -20)  ->  ["hug", "s"]
 *
 * Kudo (2018), "Subword Regularization", section 3.2.
 */
export function viterbi(
  text: string,
  logProbs: ReadonlyMap<string, number>,
  unknownLogProb: number,
): string[] {
  // TODO: best[n]: the best cut of the first n characters
  throw new Error("Not implemented yet: viterbi");
}
