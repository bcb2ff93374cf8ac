import type { BpeModel } from "./bpeModel";
import { PairCounts } from "./bpeTrainPairs";
import { TrainerWords, countWords } from "./bpeTrainWords";
import { byteToPrintable, bytesInGpt2Order } from "./bytes";
import type { SplitName } from "./split";
import { eachText, type Texts } from "./tokenList";

export interface BpeTrainOptions {
  /** Tokens wanted in all: 256 bytes + merges + special tokens. Fewer come where the text has no more pairs. */
  readonly vocabSize: number;
  /** How text is cut into words; "gpt2" by default. */
  readonly split?: SplitName;
  /** Names of special tokens; they get the last ids, and the text is not searched for them. */
  readonly special?: readonly string[];
  /** A pair seen fewer times than this is not merged; 1 by default (Sennrich's script has 2). */
  readonly minCount?: number;
  /** Called after each merge. */
  readonly onProgress?: (progress: BpeProgress) => void;
}

export interface BpeProgress {
  /** New tokens so far, and how many are wanted. */
  readonly done: number;
  readonly total: number;
  /** The token just made, in GPT-2's printable form, and how often its pair stood in the text. */
  readonly token: string;
  readonly count: number;
}

/** A BPE with its merges in the order learned: merge i made token 256 + i. */
export interface TrainedBpe extends BpeModel {
  readonly merges: readonly (readonly [number, number])[];
}

/**
 * Learns a byte-level BPE (Sennrich et al. 2016, algorithm 1): count the pairs of neighbours within words,
 * merge the most frequent one everywhere, repeat.
 *
 * Only the words that hold the merged pair are visited, and only the counts beside it change: 1 MB to 8,000
 * merges takes about a second.
 *
 * Ties go to the pair with the smaller ids, left before right. So does Hugging Face's Rust trainer, and the
 * merges are equal to its merges. Every merge makes a new token: all words see the merges in one order, and
 * none crosses the ends of what becomes a token, so a string can only be put together in one way.
 *
 * @throws RangeError when `vocabSize` has no room for 256 bytes and the special tokens, or a special name
 *   comes twice.
 */
export function trainBpe(texts: Texts, options: BpeTrainOptions): TrainedBpe {
  const { vocabSize, split = "gpt2", special = [], minCount = 1, onProgress } = options;
  checkOptions(vocabSize, special);
  const wanted = vocabSize - special.length;
  const tokens = bytesInGpt2Order.map((byte) => byteToPrintable[byte]);
  const byteIds = byteToPrintable.map((char) => tokens.indexOf(char));

  const words = new TrainerWords(countWords(eachText(texts), split), byteIds);
  const pairs = new PairCounts();
  const change = pairs.change.bind(pairs);
  words.eachPair(change);
  pairs.enqueue();

  const merges: [number, number][] = [];
  while (tokens.length < wanted) {
    const best = pairs.pop();
    if (best === undefined || best.count < Math.max(1, minCount)) break;
    const id = tokens.length;
    tokens.push(tokens[best.a] + tokens[best.b]);
    merges.push([best.a, best.b]);
    for (const word of best.words) words.merge(word, best.a, best.b, id, change);
    pairs.enqueue();
    onProgress?.({ done: merges.length, total: wanted - 256, token: tokens[id], count: best.count });
  }

  const specialIds = Object.fromEntries(special.map((name, i) => [name, tokens.length + i]));
  return {
    kind: "bpe",
    version: 1,
    split,
    tokens,
    merges,
    wholeWords: false,
    special: specialIds,
  };
}

function checkOptions(vocabSize: number, special: readonly string[]): void {
  const least = 256 + special.length;
  if (!Number.isInteger(vocabSize) || vocabSize < least) {
    throw new RangeError(
      `vocabSize is ${vocabSize}; it must be a whole number of at least ${least}: 256 bytes and ${special.length} special tokens.`,
    );
  }
  const twice = special.find((name, i) => special.indexOf(name) !== i);
  if (twice !== undefined)
    throw new RangeError(`The special token ${JSON.stringify(twice)} is listed twice.`);
}
