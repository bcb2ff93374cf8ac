/** Demonstrations chosen for each item: its nearest neighbours, and those that a retriever has learned to find. */
import { loadModel } from "../../src/checkpoints";
import { tf } from "../../src/engine";
import {
  classify,
  encodeRows,
  nearestDemonstrations,
  scoreCandidates,
  trainRetriever,
} from "../../src/prompt";
import type { CachedScorer, Part } from "../../src/prompt";
import type { Tokenizer } from "../../src/text";
import { items } from "./plan";
import type { Result } from "./run";
import { patternOf, shotsOf } from "./tasks";
import type { Task } from "./tasks";

interface Setting {
  readonly cached: CachedScorer;
  readonly tokenizer: Tokenizer;
  readonly tasks: Readonly<Record<"banking" | "sentiment", Task>>;
  /** Whether the time is over. */
  readonly late: () => boolean;
  readonly done: (result: Result) => void;
}

/** The retriever's examples, and candidates for each: each pair is a prompt, and costs a call. */
const taught = 60;
const shortlist = 6;

type Rows = readonly ArrayLike<number>[];

/** The nearest demonstrations of each question of both tasks. */
export async function nearestRuns(setting: Setting): Promise<void> {
  for (const [task, shots] of [
    [setting.tasks.banking, 5],
    [setting.tasks.sentiment, 4],
  ] as const) {
    if (setting.late()) return;
    const { queries, vectors } = await vectorsOf(task);
    await measure(setting, { task, shots, variant: "nearest", queries, vectors });
  }
}

/** A retriever for the intents, trained on what the language model says of a few pairs, and its demonstrations. */
export async function learnedRun(setting: Setting): Promise<void> {
  const { cached, tokenizer, late, tasks } = setting;
  const task = tasks.banking;
  if (late()) return;
  const { queries, vectors } = await vectorsOf(task);
  /** Log-probability of an example's own label after each candidate as its only demonstration. */
  const score = async (query: number, candidates: readonly number[]): Promise<number[]> => {
    const { text, label } = task.rows[task.pool[query]!]!;
    const asked = candidates.map((place) => ({ text, shots: shown(task, [place]) }));
    const answers = await classify(cached, patternOf(task.form), tokenizer, asked, task.labels);
    return answers.map(({ probabilities }) => Math.log(probabilities[task.labels.indexOf(label)]!));
  };
  const few = vectors.slice(0, taught);
  const examples = await scoreCandidates(few, score, { shortlist, keep: 2 });
  const retriever = await trainRetriever(few, { examples, steps: 100, seed: 1 });
  await measure(setting, {
    task,
    shots: 5,
    variant: "learned",
    queries: encodeRows(queries, retriever.query),
    vectors: encodeRows(vectors, retriever.demonstration),
  });
}

/** Demonstrations by their places in the pool. */
const shown = ({ pool, rows, form }: Task, places: readonly number[]): Part[] =>
  shotsOf(form, places.map((place) => rows[pool[place]!]!)); // prettier-ignore

const textsOf = ({ rows }: Task, places: readonly number[]): string[] => places.map((row) => rows[row]!.text);

async function vectorsOf(task: Task): Promise<{ queries: Rows; vectors: Rows }> {
  const queries = await sentenceVectors(textsOf(task, task.test.slice(0, items.selection)));
  return { queries, vectors: await sentenceVectors(textsOf(task, task.pool)) };
}

interface Selection {
  readonly task: Task;
  readonly shots: number;
  readonly variant: string;
  readonly queries: Rows;
  readonly vectors: Rows;
}

async function measure({ cached, tokenizer, done }: Setting, selection: Selection): Promise<void> {
  const { task, shots, variant, queries, vectors } = selection;
  // The nearest comes last, right before the question.
  const examples = textsOf(task, task.test.slice(0, items.selection)).map((text, item) => ({
    text,
    shots: shown(task, nearestDemonstrations(queries[item]!, vectors, shots).map(({ index }) => index).reverse()), // prettier-ignore
  }));
  const [started, before] = [Date.now(), cached.asked];
  const answers = await classify(cached, patternOf(task.form), tokenizer, examples, task.labels);
  const seconds = cached.asked > before ? (Date.now() - started) / 1000 : 0;
  const right = answers.filter(({ label }, i) => label === task.rows[task.test[i]!]!.label).length;
  console.log(
    `${task.name} ${variant}: ${((100 * right) / answers.length).toFixed(0)} %  ${seconds.toFixed(1)} s`,
  );
  done({
    experiment: "selection",
    task: task.name,
    variant,
    seed: 1,
    p: answers.map(({ probabilities }) => probabilities.map((p) => Number(p.toPrecision(4)))),
    tokens: Math.round(answers.reduce((sum, { tokens }) => sum + tokens, 0) / answers.length),
    seconds: Number(seconds.toFixed(1)),
  });
}

/** MiniLM's sentence vectors: the mean of its tokens' last states. */
async function sentenceVectors(texts: readonly string[]): Promise<number[][]> {
  const model = await loadModel("minilm-l6-v2");
  const tokenizer = model.tokenizer!;
  const vectors: number[][] = [];
  for (const text of texts) {
    const ids = [tokenizer.special["[CLS]"]!, ...tokenizer.encode(text), tokenizer.special["[SEP]"]!];
    const mean = tf.tidy(() =>
      model
        .run(tf.tensor2d([ids], undefined, "int32"))
        .squeeze([0])
        .mean(0),
    ); // [1, T, D] -> [D]
    vectors.push(Array.from(await mean.data()));
    mean.dispose();
  }
  model.dispose();
  return vectors;
}
