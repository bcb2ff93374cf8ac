/** What the experiments share: the model, a task, its texts after the frozen blocks, and draws of labels. */
import { fork, makeRng } from "../../src/engine";
import type { LabelledText } from "../../src/data";
import { fewShotTask } from "../../src/data/node";
import type { FewShotTaskName } from "../../src/data/node";
import {
  clozeRows,
  decided,
  drawLabelled,
  linearReadout,
  oneHot,
  petPatterns,
  petSettings,
  plainRows,
  stateReader,
  tuner,
  wordReadout,
} from "../../src/prompt";
import type { NamedPattern, States, Tuned, Tuner } from "../../src/prompt";
import { loadMasked } from "../../src/train/node";
import { disposeTree } from "../../src/tree";

/** Unlabelled texts that an ensemble labels: the same for all seeds, and never drawn for labels. */
export const UNLABELLED = 300;
export const SEEDS = [1, 2, 3, 4, 5];
/** The most important first, because a run may be cut short. */
export const SIZES = [10, 100, 50];
const { from, length, batch, learningRate, steps } = petSettings;

type Model = Awaited<ReturnType<typeof loadMasked>>;

/** One way of reading texts, with its head: a pattern with words, or plainly with a new layer. */
export interface Reading {
  readonly name: string;
  states(rows: readonly LabelledText[]): States;
  readonly test: States;
  readonly learningRate: number;
  readonly tuner: Tuner<unknown>;
}

export async function openSetting(task: FewShotTaskName) {
  const model: Model = await loadMasked("minilm-mlm");
  const data = fewShotTask(task);
  const gold = data.test.map(({ label }) => label);
  const { tokenizer } = model;
  const reader = stateReader(model, { from, length, batch: 20 });

  /** @param test the test rows, where this pattern has read them already: they do not depend on its words */
  const cloze = (pattern: NamedPattern, test?: States): Reading => {
    const states = (rows: readonly LabelledText[]): States =>
      reader.read(clozeRows(pattern, tokenizer, rows, length));
    const words = data.labels.map((label) => pattern.verbalize(label).map((word) => tokenizer.encode(` ${word}`)[0]!)); // prettier-ignore
    return { name: pattern.name, learningRate: learningRate.words, states, test: test ?? states(data.test), tuner: tuner(model, wordReadout(model, words), from) as Tuner<unknown> }; // prettier-ignore
  };
  const plain = (pool: "cls" | "mean"): Reading => {
    const states = (rows: readonly LabelledText[]): States =>
      reader.read(plainRows(tokenizer, rows.map(({ text }) => text), length)); // prettier-ignore
    return { name: pool, learningRate: learningRate.head, states, test: states(data.test), tuner: tuner(model, linearReadout(model, data.labels.length, pool), from) as Tuner<unknown> }; // prettier-ignore
  };

  return {
    model,
    data,
    cloze,
    plain,
    patterns: petPatterns[task],
    unlabelled: data.train.slice(0, UNLABELLED),
    /** The rows of a seed: the same for every method. */
    draw(count: number, seed: number) {
      const rng = fork(makeRng(seed), `${task} ${count}`);
      const { labelled } = drawLabelled(data.train.slice(UNLABELLED), data.labels, count, rng);
      return { labelled, targets: labelled.map(({ label }) => oneHot(data.labels, label)) };
    },
    /** Right answers on the test rows. @param scores [N][K] */
    judged(scores: readonly (readonly number[])[]) {
      const correct = decided(scores, data.labels).filter((label, i) => label === gold[i]).length;
      return { correct, total: gold.length };
    },
  };
}

export type Setting = Awaited<ReturnType<typeof openSetting>>;

export interface Judged {
  /** Scores of the test rows, and of the others, [N][K]. */
  readonly scores: number[][][];
  /** Of the last step. */
  readonly loss: number;
}

/** Trains a reading on rows and says what it makes of the test, and of other rows. */
export async function trained(
  reading: Reading,
  rows: readonly LabelledText[],
  targets: readonly (readonly number[])[],
  seed: number,
  others: readonly States[] = [],
): Promise<Judged> {
  const states = reading.states(rows);
  try {
    return await tunedOn(reading, states, targets, { seed, steps: steps(rows.length) }, others);
  } finally {
    disposeTree(states);
  }
}

/** The same on rows that have been read already. */
export async function tunedOn(
  reading: Reading,
  states: States,
  targets: readonly (readonly number[])[],
  how: { readonly seed: number; readonly steps: number },
  others: readonly States[] = [],
): Promise<Judged> {
  let loss = NaN;
  const progress = (_: number, value: number): void => void (loss = value);
  const { learningRate: rate } = reading;
  const tuned = await reading.tuner.tune(states, targets, { ...how, learningRate: rate, batch, progress });
  const scores = await scoresOf(reading.tuner, tuned, [reading.test, ...others]);
  disposeTree(tuned);
  return { scores, loss: Number(loss.toFixed(4)) };
}

export async function scoresOf(
  tuner: Tuner<unknown>,
  tuned: Tuned<unknown>,
  all: readonly States[],
): Promise<number[][][]> {
  const scores: number[][][] = [];
  for (const states of all) scores.push(await tuner.logits(tuned, states));
  return scores;
}
