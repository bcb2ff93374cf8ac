/** Classification tasks for experiments with a few labels. What they test with never comes into any text to learn from. */
import { makeRng } from "../../engine";
import type { LabelledText } from "../labelled";
import { distinctTexts, stratifiedSplit } from "../split";
import { bankingTopic, bankingTopics } from "../topics";
import type { Domain } from "../topics";
import { loadBanking, loadSentiment } from "./tasks";

export const fewShotTasks = ["sentiment", "topics"] as const;
export type FewShotTaskName = (typeof fewShotTasks)[number];

export interface FewShotTask {
  readonly name: FewShotTaskName;
  readonly labels: readonly string[];
  /** Where labels are drawn from, and, its labels unseen, unlabelled texts. */
  readonly train: readonly LabelledText[];
  readonly test: readonly LabelledText[];
}

/** Rows that test: with 300 an accuracy of 70 % is known to 5 points. */
const TEST = 300;
/** Of the splits: one of the data, as the rows themselves, and not of an experiment. */
const SPLIT = 10;

/**
 * A task by name: "sentiment" (sentences of reviews, negative or positive) or "topics" (questions of a bank's customers,
 * five topics of six intents each). About 2,660 and 890 rows to learn from, 300 to test; the same rows in every run.
 * @throws RangeError for another name
 */
export function fewShotTask(name: FewShotTaskName): FewShotTask {
  const rng = makeRng(SPLIT);
  if (name === "sentiment") {
    const rows = distinctTexts(loadSentiment());
    return { name, labels: ["negative", "positive"], ...stratifiedSplit(rows, TEST / rows.length, rng) };
  }
  if (name === "topics") {
    const { train, test } = loadBanking();
    const judged = distinctTexts(withTopics(test));
    const part = stratifiedSplit(judged, TEST / judged.length, rng);
    return { name, labels: bankingTopics, train: distinctTexts(withTopics(train)), test: part.test };
  }
  throw new RangeError(
    `fewShotTask: there is no task "${String(name)}". There are: ${fewShotTasks.join(", ")}`,
  );
}

/** Texts of data sets without those that tasks test with, labels left out: what a masked model may learn from. */
export function domainTexts(names: readonly Domain[]): string[] {
  const rows = {
    "sentiment-sentences": () => fewShotTask("sentiment").train,
    banking77: () => loadBanking().train,
  };
  return names.flatMap((name) => rows[name]().map(({ text }) => text));
}

const withTopics = (rows: readonly LabelledText[]): LabelledText[] =>
  rows.flatMap(({ text, label }) => {
    const topic = bankingTopic(label);
    return topic === undefined ? [] : [{ text, label: topic }];
  });
