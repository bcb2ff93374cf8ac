/**
 * Training of Unigram: begin with far too many pieces, fit their probabilities, drop those that are missed least.
 *
 * Kudo, "Subword Regularization", ACL 2018, section 3.2, with the choices of sentencepiece's
 * unigram_model_trainer.cc, which are named where they are made.
 */
import { byteToken, type UnigramModel } from "./unigram";
import {
  bestPath,
  fillLattice,
  makeLattice,
  makePieceTable,
  type PieceTable,
  posteriors,
} from "./unigramLattice";
import { type CountedWord, frequentSubstrings } from "./unigramSeed";
import { type SpaceOptions, spacedWords } from "./unigramText";
import { isOneScript } from "./unigramScript";
import { sortByCount, eachText, type Texts } from "./tokenList";

export interface UnigramTrainConfig {
  /** Wanted number of tokens, special tokens and bytes included. */
  readonly vocabSize: number;
  /** Longest piece in code points. */
  readonly maxPieceLength?: number;
  /** How many substrings to begin with. */
  readonly seedSize?: number;
  /** Part of the pieces that survives a round. */
  readonly shrink?: number;
  /** E and M steps in a round. */
  readonly emSteps?: number;
  /**
   * "bayes" (default, sentencepiece): a Dirichlet prior lowers rare pieces, and those expected less than 0.5 times go
   * at once. "likelihood": plain EM as in the paper; the likelihood then never falls between steps of a round.
   */
  readonly mStep?: "bayes" | "likelihood";
  /** Part of all characters that get a piece; the rarest beyond it are unknown (or bytes). */
  readonly characterCoverage?: number;
  readonly special?: readonly string[];
  readonly byteFallback?: boolean;
  readonly dummyPrefix?: boolean;
  readonly removeExtraSpaces?: boolean;
  /** Called after each E step. */
  readonly onStep?: (step: UnigramStep) => void;
}

/** What an E step saw. */
export interface UnigramStep {
  readonly round: number;
  readonly step: number;
  readonly pieces: number;
  /** Log-likelihood of the training text, over all segmentations, in nats a word. */
  readonly logLikelihood: number;
}

/** Pieces with their log-probabilities: a vocabulary while it is trained. */
export interface Pieces {
  readonly texts: readonly string[];
  readonly scores: readonly number[];
}

/** Words one after the other, as the lattice reads them: word i is units[offsets[i], offsets[i + 1]). */
export interface WordList {
  readonly units: Uint16Array;
  readonly offsets: Int32Array;
  readonly counts: Float64Array;
}

/**
 * Trains a Unigram model. Each text is prepared as the tokenizer will do it, then cut into words at spaces and
 * newlines: no piece reaches over a space, and a newline is a piece of its own (sentencepiece reads lines, and never
 * sees one). A piece keeps to one script, digits apart, as in sentencepiece.
 *
 * @throws RangeError when `vocabSize` has no room for the special tokens, bytes and required characters
 */
export function trainUnigram(texts: Texts, config: UnigramTrainConfig): UnigramModel {
  const { vocabSize, shrink = 0.75, emSteps = 2, mStep = "bayes", maxPieceLength = 16 } = config;
  const { dummyPrefix = true, removeExtraSpaces = true, byteFallback = false } = config;
  const special = config.special ?? ["<unk>", "<s>", "</s>"];
  if (special.length === 0) throw new RangeError("special needs a first token that stands for the unknown.");
  const bytes = byteFallback ? Array.from({ length: 256 }, (_, byte) => byteToken(byte)) : [];
  const room = vocabSize - special.length - bytes.length;

  const counted = countWords(texts, { dummyPrefix, removeExtraSpaces });
  const characters = requiredCharacters(counted, config.characterCoverage ?? 0.9995);
  if (!(room >= Math.max(1, characters.length))) {
    throw new RangeError(
      `vocabSize ${vocabSize} is too small: ${special.length + bytes.length} special tokens and bytes and ` +
        `${characters.length} characters need a place. Raise vocabSize or lower characterCoverage.`,
    );
  }
  const words = listWords(counted);
  let pieces = seedPieces(counted, characters, maxPieceLength, config.seedSize ?? 1_000_000);
  // Stop pruning a little early, so that the last cut is by probability alone (sentencepiece: 1.1).
  const wanted = Math.floor(room * 1.1);
  for (let round = 0; ; round++) {
    for (let step = 0; step < emSteps; step++) {
      const { expected, logLikelihood } = eStep(pieces, words);
      config.onStep?.({ round, step, pieces: pieces.texts.length, logLikelihood });
      pieces = maximize(pieces, expected, mStep);
    }
    if (pieces.texts.length <= wanted) break;
    pieces = prune(pieces, words, Math.max(wanted, Math.floor(shrink * pieces.texts.length)));
  }
  const last = finish(pieces, characters, room);
  const zeros = [...special, ...bytes].map(() => 0);
  return {
    kind: "unigram",
    version: 1,
    tokens: [...special, ...bytes, ...last.texts],
    scores: [...zeros, ...last.scores],
    special,
    unknown: special[0],
    byteFallback,
    dummyPrefix,
    removeExtraSpaces,
  };
}

function countWords(texts: Texts, options: SpaceOptions): CountedWord[] {
  const counts = new Map<string, number>();
  for (const text of eachText(texts))
    for (const word of spacedWords(text, options)) counts.set(word, (counts.get(word) ?? 0) + 1);
  return sortByCount(counts);
}

/** Characters by frequency, until they cover the wanted part of the text. */
function requiredCharacters(words: readonly CountedWord[], coverage: number): [string, number][] {
  const counts = new Map<string, number>();
  let total = 0;
  for (const [word, count] of words)
    for (const char of word) {
      counts.set(char, (counts.get(char) ?? 0) + count);
      total += count;
    }
  let covered = 0;
  return sortByCount(counts).filter(([, count]) => {
    const needed = covered < coverage * total;
    covered += count;
    return needed;
  });
}

/** Words as code units in one array, with their counts. */
export function listWords(words: readonly CountedWord[]): WordList {
  const offsets = new Int32Array(words.length + 1);
  words.forEach(([word], i) => (offsets[i + 1] = offsets[i] + word.length));
  const units = new Uint16Array(offsets[words.length]);
  words.forEach(([word], i) => {
    for (let k = 0; k < word.length; k++) units[offsets[i] + k] = word.charCodeAt(k);
  });
  return { units, offsets, counts: Float64Array.from(words, ([, count]) => count) };
}

/** Characters, and the substrings of the greatest count x length: a first guess of the probabilities. */
function seedPieces(
  words: readonly CountedWord[],
  characters: readonly [string, number][],
  maxLength: number,
  seedSize: number,
): Pieces {
  const allowed = new Set(characters.map(([char]) => char));
  const seeds = frequentSubstrings(words, maxLength)
    .filter(({ text }) => isOneScript(text) && [...text].every((char) => allowed.has(char)))
    .map(({ text, count }): [string, number] => [text, count * [...text].length]);
  seeds.sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  const all = [...characters, ...seeds.slice(0, Math.max(0, seedSize - characters.length))];
  const total = all.reduce((sum, [, weight]) => sum + weight, 0);
  return { texts: all.map(([text]) => text), scores: all.map(([, weight]) => Math.log(weight / total)) };
}

const tableOf = ({ texts, scores }: Pieces): PieceTable => makePieceTable(texts, scores, texts.length);

/** How often each piece is expected in the text, under the present probabilities. */
export function eStep(pieces: Pieces, words: WordList): { expected: Float64Array; logLikelihood: number } {
  const table = tableOf(pieces);
  const expected = new Float64Array(pieces.texts.length + 1); // the last one: unknown characters
  const lattice = makeLattice();
  const { units, offsets, counts } = words;
  let longest = 0;
  for (let i = 0; i < counts.length; i++) longest = Math.max(longest, offsets[i + 1] - offsets[i]);
  const scratch = { alpha: new Float64Array(longest + 1), beta: new Float64Array(longest + 1) };
  let sum = 0;
  let total = 0;
  for (let i = 0; i < counts.length; i++) {
    fillLattice(lattice, table, units, offsets[i], offsets[i + 1]);
    const use = (edge: number, p: number) => (expected[lattice.id[edge]] += counts[i] * p);
    sum += counts[i] * posteriors(lattice, use, scratch);
    total += counts[i];
  }
  return {
    expected: expected.subarray(0, pieces.texts.length),
    logLikelihood: total === 0 ? 0 : sum / total,
  };
}

/** New probabilities from expected counts. */
export function maximize(pieces: Pieces, expected: Float64Array, rule: "bayes" | "likelihood"): Pieces {
  const texts: string[] = [];
  const counts: number[] = [];
  let sum = 0;
  const least = rule === "bayes" ? 0.5 : 0;
  pieces.texts.forEach((text, i) => {
    if (expected[i] <= least) return;
    texts.push(text);
    counts.push(expected[i]);
    sum += expected[i];
  });
  // E[log p] under the Dirichlet posterior is digamma(count) - digamma(sum): rare pieces lose most.
  const log = rule === "bayes" ? digamma : Math.log;
  return { texts, scores: counts.map((count) => log(count) - log(sum)) };
}

/**
 * Keeps `size` pieces: those whose removal would lower the likelihood most. A removed piece is written as its
 * second-best segmentation; a piece that is not its own best segmentation, or is never used, goes at once. Characters
 * stay (sentencepiece drops unused ones and brings them back at the end).
 */
export function prune(pieces: Pieces, words: WordList, size: number): Pieces {
  const { texts, scores } = pieces;
  const table = tableOf(pieces);
  const used = new Float64Array(texts.length + 1);
  const lattice = makeLattice();
  const { units, offsets, counts } = words;
  for (let i = 0; i < counts.length; i++) {
    fillLattice(lattice, table, units, offsets[i], offsets[i + 1]);
    for (const edge of bestPath(lattice).edges) used[lattice.id[edge]] += counts[i];
  }
  const sum = used.reduce((a, b) => a + b, 0);

  const kept: number[] = [];
  const candidates: { piece: number; loss: number }[] = [];
  texts.forEach((text, piece) => {
    const parts = otherParts(text, piece, table);
    if (parts === undefined) kept.push(piece);
    if (parts === undefined || parts.score > scores[piece] || used[piece] === 0) return;
    // Log-likelihood now, less what it is when each of its uses becomes a use of its parts.
    const before = Math.log(used[piece]) - Math.log(sum);
    const sumAfter = Math.log(sum + used[piece] * (parts.ids.length - 1));
    const after = parts.ids.reduce((total, id) => total + Math.log(used[id] + used[piece]) - sumAfter, 0);
    candidates.push({ piece, loss: used[piece] * (before - after) });
  });
  candidates.sort((a, b) => b.loss - a.loss || a.piece - b.piece);
  for (const { piece } of candidates.slice(0, Math.max(0, size - kept.length))) kept.push(piece);
  kept.sort((a, b) => a - b);
  return { texts: kept.map((i) => texts[i]), scores: kept.map((i) => scores[i]) };

  /** The best segmentation of a piece without itself; undefined where it is a single character. */
  function otherParts(text: string, piece: number, table: PieceTable) {
    if (text.length === (text.codePointAt(0)! > 0xffff ? 2 : 1)) return undefined;
    fillLattice(
      lattice,
      table,
      Uint16Array.from({ length: text.length }, (_, i) => text.charCodeAt(i)),
    );
    for (let e = 0; e < lattice.count; e++) if (lattice.id[e] === piece) lattice.score[e] = -Infinity;
    const { edges, score } = bestPath(lattice);
    return { ids: edges.map((e) => lattice.id[e]), score };
  }
}

/** The required characters, then the most probable pieces, sorted by probability. */
function finish(pieces: Pieces, characters: readonly [string, number][], room: number): Pieces {
  const scoreOf = new Map(pieces.texts.map((text, i) => [text, pieces.scores[i]]));
  const least = pieces.scores.reduce((a, b) => Math.min(a, b), 0);
  const chosen = new Map<string, number>();
  // A character that lost its place comes back as the least probable piece, each a trifle below the one before.
  let below = 0;
  for (const [char] of characters) chosen.set(char, scoreOf.get(char) ?? least - 0.0001 * below++);
  const rest = pieces.texts
    .map((text, i): [string, number] => [text, pieces.scores[i]])
    .filter(([text]) => !chosen.has(text))
    .sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  for (const [text, score] of rest.slice(0, room - chosen.size)) chosen.set(text, score);
  const all = [...chosen].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  return { texts: all.map(([text]) => text), scores: all.map(([, score]) => score) };
}

/** Derivative of log gamma: recurrence up to 7, then the asymptotic series (Abramowitz & Stegun 6.3.18). */
export function digamma(x: number): number {
  let result = 0;
  for (; x < 7; x++) result -= 1 / x;
  const y = x - 0.5;
  const z = 1 / (y * y);
  return result + Math.log(y) + z * (1 / 24 + z * (-7 / 960 + z * (31 / 8064 + z * (-127 / 30720))));
}
