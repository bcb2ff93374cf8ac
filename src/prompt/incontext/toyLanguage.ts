import { integer, shuffle, uniform } from "../../engine";
import type { Rng } from "../../engine";
import { nextTokenBatch } from "../../data";
import type { BatchSize, LmBatch } from "../../data";

/**
 * A language small enough that a model of seconds learns it, with what a warm-up for learning in context needs: words that
 * belong to topics, marks that stand for nothing by themselves, and plain text in which a mark goes with a topic, but only
 * within one document, and not always.
 *
 *     document    w w w m .  w m .  w w m .  ...        two topics, each with a mark of its own
 *
 * Tokens: words 0 .. topics * words - 1 (topic by topic), then marks, then "." and "_".
 */
export const toyLanguage = {
  topics: 10,
  /** Words of a topic. */
  words: 6,
  marks: 12,
  /** How likely a word is of its sentence's topic, and a mark that of the topic in this document. */
  onTopic: 0.95,
  faithful: 0.7,
  /** Most words of a sentence. */
  longest: 3,
} as const;

const { topics, words, marks, onTopic, faithful, longest } = toyLanguage;
const firstMark = topics * words;
/** The end of a sentence, and of an example. */
export const PERIOD = firstMark + marks;
/** In place of a word that is to be found. */
export const BLANK = PERIOD + 1;
export const toyVocabSize = BLANK + 1;

export const markToken = (mark: number): number => firstMark + mark;
export const topicOf = (word: number): number => Math.floor(word / words);
/** All words of a topic. */
export const wordsOfTopic = (topic: number): number[] =>
  Array.from({ length: words }, (_, i) => topic * words + i);

/**
 * How far a task is from those of a warm-up:
 * - "warm-up": pairs of the first seven topics, labelled with pairs of the first eight marks: what MetaICL learns from
 * - "new pairs": the same topics and marks, but pairs of topics that no task of the warm-up has
 * - "new topics": the last three topics and four marks, which the warm-up sees in plain text only
 */
export const taskParts = ["warm-up", "new pairs", "new topics"] as const;
export type TaskPart = (typeof taskParts)[number];

/** The pairs of topics, and the marks, of a part's tasks. */
export function taskPairs(part: TaskPart): {
  readonly topics: readonly (readonly [number, number])[];
  readonly marks: readonly number[];
} {
  const [known, label] = [7, 8];
  const [from, to] = part === "new topics" ? [known, topics] : [0, known];
  const pairs = range(from, to).flatMap((a) => range(a + 1, to).map((b) => [a, b] as const));
  const kept = pairs.filter(
    ([a, b]) => part === "new topics" || ((a + b) % 3 === 0) === (part === "new pairs"),
  );
  return { topics: kept, marks: part === "new topics" ? range(label, marks) : range(0, label) };
}

export interface ToySentence {
  readonly words: readonly number[];
  /** A token. */
  readonly mark: number;
}

/** Sentences of one document: as many as asked for, of two topics, each with its mark. */
export function toyDocument(rng: Rng, sentences: number): ToySentence[] {
  const about = shuffle(rng, range(0, topics)).slice(0, 2);
  const own = shuffle(rng, range(0, marks)).slice(0, 2);
  return Array.from({ length: sentences }, () => {
    const side = integer(rng, 2);
    const word = (): number =>
      uniform(rng) < onTopic ? about[side]! * words + integer(rng, words) : integer(rng, firstMark);
    return {
      words: Array.from({ length: 1 + integer(rng, longest) }, word),
      mark: markToken(uniform(rng) < faithful ? own[side]! : integer(rng, marks)),
    };
  });
}

/** A text of so many tokens, cut off at its end: words, mark, period, and so on. */
export function toyText(rng: Rng, length: number): number[] {
  const sentences = toyDocument(rng, Math.ceil(length / 3)); // a sentence has three tokens or more
  return sentences.flatMap(({ words: said, mark }) => [...said, mark, PERIOD]).slice(0, length);
}

/** Texts as a batch for a causal model: int32 [B, length] both, every next token a label. */
export function plainBatch(rng: Rng, { batch, length }: BatchSize): LmBatch {
  return nextTokenBatch(Array.from({ length: batch }, () => toyText(rng, length + 1)));
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, i) => from + i);
}
