/**
 * Training of WordPiece: begin with characters, merge pairs of neighbours into longer pieces.
 *
 * Schuster & Nakajima, "Japanese and Korean Voice Search", 2012, section 3, choose the pair that raises the likelihood
 * of the training text most. Google's trainer was never published; Hugging Face's `WordPieceTrainer` is its BPE
 * trainer, which takes the most frequent pair, with the ## prefix. Both rules are here.
 */
import { PairCounts } from "./bpeTrainPairs";
import { type BertNormalizerConfig, bertUncased, bertWords } from "./normalize";
import { sortByCount, tokenIds, eachText, type Texts } from "./tokenList";
import type { WordPieceModel } from "./wordpiece";
import { PairLikelihoods } from "./wordpieceLikelihood";

export interface WordPieceTrainConfig {
  /** Wanted number of tokens, special tokens and characters included. */
  readonly vocabSize: number;
  /**
   * Which pair is merged next: "frequency" (default) as Hugging Face does it, or "likelihood",
   * count(ab) / (count(a) count(b)), as the paper says. The second prefers parts that seldom stand alone.
   */
  readonly score?: "frequency" | "likelihood";
  /** A pair seen less often is not merged; 2 by default. */
  readonly minCount?: number;
  /** Most characters that get a place; words with others are left out (they would be [UNK]). */
  readonly alphabetSize?: number;
  /** Tokens to place before all that is learned, in this order: characters, or ##-forms of them. */
  readonly alphabet?: readonly string[];
  readonly special?: readonly string[];
  readonly normalizer?: BertNormalizerConfig;
  readonly onProgress?: (progress: WordPieceProgress) => void;
}

export interface WordPieceProgress {
  /** Tokens so far, and how many are wanted. */
  readonly done: number;
  readonly total: number;
  /** The token just made, and how often its pair stood in the text. */
  readonly token: string;
  readonly count: number;
}

const PREFIX = "##";
const UNKNOWN = "[UNK]";
const MAX_WORD_LENGTH = 100;

/**
 * Trains a WordPiece model on texts, which are normalised and split as the tokenizer will do it.
 * Fewer tokens come where no pair is left. Words of more than 100 characters are skipped: they are always [UNK].
 *
 * @throws RangeError when `vocabSize` has no room for special tokens and characters, or `special` lacks [UNK]
 */
export function trainWordPiece(texts: Texts, config: WordPieceTrainConfig): WordPieceModel {
  const { vocabSize, score = "frequency", minCount = 2, onProgress } = config;
  const special = config.special ?? ["[PAD]", UNKNOWN, "[CLS]", "[SEP]", "[MASK]"];
  if (!special.includes(UNKNOWN))
    throw new RangeError(`special needs ${UNKNOWN}, the token of unknown words.`);
  const normalizer = config.normalizer ?? bertUncased;

  const counted = countWords(texts, normalizer);
  const tokens = [...special];
  const ids = tokenIds(tokens);
  const add = (token: string): number => {
    let id = ids.get(token);
    if (id === undefined) {
      ids.set(token, (id = tokens.length));
      tokens.push(token);
    }
    return id;
  };
  for (const token of config.alphabet ?? []) add(token);
  const words = spell(counted, alphabetOf(counted, config.alphabetSize ?? Infinity), add);
  if (!(vocabSize >= tokens.length)) {
    throw new RangeError(
      `vocabSize ${vocabSize} is too small: special tokens and characters take ${tokens.length} places. ` +
        "Raise vocabSize or lower alphabetSize.",
    );
  }

  const least = Math.max(1, minCount);
  const likelihoods = score === "likelihood" ? new PairLikelihoods(least) : undefined;
  const pairs = likelihoods ?? new PairCounts();
  words.forEach(({ symbols, count }, word) => {
    symbols.forEach((id, i) => {
      likelihoods?.changeSymbol(id, count);
      if (i > 0) pairs.change(symbols[i - 1], id, count, word);
    });
  });
  pairs.enqueue();
  while (tokens.length < vocabSize) {
    const best = pairs.pop();
    if (best === undefined || best.count < least) break;
    const { a, b, count } = best;
    const id = add(tokens[a] + tokens[b].slice(PREFIX.length));
    for (const word of best.words) {
      const merged = mergeIn(words[word], word, a, b, id, pairs);
      likelihoods?.changeSymbol(a, -merged * words[word].count);
      likelihoods?.changeSymbol(b, -merged * words[word].count);
      likelihoods?.changeSymbol(id, merged * words[word].count);
    }
    pairs.enqueue();
    onProgress?.({ done: tokens.length, total: vocabSize, token: tokens[id], count });
  }
  return {
    kind: "wordpiece",
    version: 1,
    tokens,
    special,
    unknown: UNKNOWN,
    prefix: PREFIX,
    maxWordLength: MAX_WORD_LENGTH,
    normalizer,
  };
}

/** A different word of the text: its pieces so far, and how often it occurs. */
interface SpelledWord {
  symbols: number[];
  readonly count: number;
}

function countWords(texts: Texts, normalizer: BertNormalizerConfig): [string, number][] {
  const counts = new Map<string, number>();
  const words = bertWords(normalizer, MAX_WORD_LENGTH);
  for (const text of eachText(texts))
    for (const word of words(text))
      if (word.length <= MAX_WORD_LENGTH) counts.set(word.text, (counts.get(word.text) ?? 0) + 1);
  return sortByCount(counts);
}

/** The most frequent characters, in code-point order. */
function alphabetOf(words: readonly [string, number][], size: number): string[] {
  const counts = new Map<string, number>();
  for (const [word, count] of words)
    for (const char of word) counts.set(char, (counts.get(char) ?? 0) + count);
  return sortByCount(counts)
    .slice(0, size)
    .map(([char]) => char)
    .sort((a, b) => a.codePointAt(0)! - b.codePointAt(0)!);
}

/** Words as characters: the first as it is, the others with ##. Places all characters, then the ##-forms in use. */
function spell(
  words: readonly [string, number][],
  alphabet: readonly string[],
  add: (token: string) => number,
): SpelledWord[] {
  for (const char of alphabet) add(char);
  const allowed = new Set(alphabet);
  const whole = words
    .map(([word, count]) => ({ chars: [...word], count }))
    .filter(({ chars }) => chars.every((char) => allowed.has(char)));
  const inside = new Set(whole.flatMap(({ chars }) => chars.slice(1)));
  for (const char of alphabet) if (inside.has(char)) add(PREFIX + char);
  return whole.map(({ chars, count }) => ({
    symbols: chars.map((char, i) => add(i === 0 ? char : PREFIX + char)),
    count,
  }));
}

/** Merges the pair wherever it stands in a word, from the left, and reports the pairs that go and come. */
function mergeIn(
  spelled: SpelledWord,
  word: number,
  a: number,
  b: number,
  id: number,
  pairs: { change(a: number, b: number, delta: number, word: number): void },
): number {
  const { symbols: old, count } = spelled;
  const next: number[] = [];
  const made: boolean[] = []; // is next[i] a merge?
  for (let i = 0; i < old.length; i++) {
    const hit = old[i] === a && old[i + 1] === b;
    next.push(hit ? id : old[i]);
    made.push(hit);
    if (hit) i++;
  }
  const merged = old.length - next.length;
  if (merged === 0) return 0;
  // Pairs away from the merges stay as they are. `at` is the place in `old` of next[i].
  for (let i = 0, at = 0; i < next.length; at += made[i] ? 2 : 1, i++) {
    if (made[i]) pairs.change(a, b, -count, word);
    if (i === 0 || !(made[i - 1] || made[i])) continue;
    pairs.change(old[at - 1], old[at], -count, word);
    pairs.change(next[i - 1], next[i], count, word);
  }
  spelled.symbols = next;
  return merged;
}
