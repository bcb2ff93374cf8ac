import { integer, shuffle } from "../../engine";
import type { Rng } from "../../engine";
import { IGNORE, stackRows } from "../../data";
import type { BatchSize, LmBatch } from "../../data";
import { markToken, PERIOD, taskPairs, wordsOfTopic } from "./toyLanguage";
import type { TaskPart } from "./toyLanguage";

/**
 * Supervised warm-up: the model reads k examples of a task and one more question, and learns to say its answer; each row
 * has another task. So it is trained for what it will be asked for: to find out from examples what is wanted.
 *
 *     w m .  w m .  w m .  w   ->   m
 *
 * Source: Min et al. 2022, "MetaICL: Learning to learn in context", section 3. Here a task is to tell the words of two
 * topics apart, each of which has a mark as its label: which one, only the examples tell.
 */
export interface LabelTask {
  readonly topics: readonly [number, number];
  /** Tokens: the label of each topic. */
  readonly labels: readonly [number, number];
}

/** Two topics and two marks of a part, in any order. */
export function labelTask(rng: Rng, part: TaskPart): LabelTask {
  const pairs = taskPairs(part);
  const topics = shuffle(rng, pairs.topics[integer(rng, pairs.topics.length)]!) as [number, number];
  const [first, second] = shuffle(rng, pairs.marks) as [number, number];
  return { topics, labels: [markToken(first), markToken(second)] };
}

/** Examples and a question, and what is to be said. */
export interface Episode {
  /** Tokens up to where the answer stands. */
  readonly prompt: readonly number[];
  readonly answer: number;
  /** The labels of the task. */
  readonly options: readonly number[];
}

/** Most examples of an episode: a task has 12 words, and each comes once. */
export const MOST_SHOTS = 8;

/**
 * k examples of a task in random order, and a word that was not among them.
 * @throws RangeError for more than 8 shots
 */
export function labelEpisode(rng: Rng, { topics, labels }: LabelTask, shots: number): Episode {
  if (!Number.isInteger(shots) || shots < 0 || shots > MOST_SHOTS)
    throw new RangeError(`labelEpisode: shots must be a whole number from 0 to ${MOST_SHOTS}, got ${shots}`);
  const left = topics.map((topic) => shuffle(rng, wordsOfTopic(topic)));
  const draw = (): [word: number, label: number] => {
    const side = left[0]!.length === 0 ? 1 : left[1]!.length === 0 ? 0 : integer(rng, 2);
    return [left[side]!.pop() as number, labels[side] as number];
  };
  // The question first: of words that are left over its label could be guessed from the others' labels.
  const [question, answer] = draw();
  const examples = Array.from({ length: shots }, draw).flatMap(([word, label]) => [word, label, PERIOD]);
  return { prompt: [...examples, question], answer, options: labels };
}

/** Episodes as a batch for a causal model: only the answer is a label. */
export function episodeBatch(episodes: readonly Episode[], length: number): LmBatch {
  return {
    inputs: stackRows(
      episodes.map(({ prompt }) => prompt),
      { length, pad: PERIOD },
    ),
    labels: stackRows(
      episodes.map(({ prompt, answer }) => prompt.map((_, t) => (t === prompt.length - 1 ? answer : IGNORE))),
      { length, pad: IGNORE },
    ),
  };
}

/** A warm-up's batch: in each row another task, with 1 to 8 shots. */
export function metaIclBatch(rng: Rng, { batch, length }: BatchSize): LmBatch {
  const episodes = Array.from({ length: batch }, () =>
    labelEpisode(rng, labelTask(rng, "warm-up"), 1 + integer(rng, MOST_SHOTS)),
  );
  return episodeBatch(episodes, length);
}
