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
import type { CachedScorer } from "../../src/prompt";
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
}

/** The retriever's examples, and candidates for each: each pair is a prompt, and costs a call. */
const taught = 60;
const shortlist = 6;

type Rows = readonly ArrayLike<number>[];

export async function selectionRuns(setting: Setting, done: (result: Result) => void): Promise<void> {
  const { cached, tokenizer, tasks, late } = setting;
  for (const [task, shots] of [
    [tasks.sentiment, 4],
    [tasks.banking, 5],
  ] as const) {
    if (late()) return;
    const { pool, rows, labels, form } = task;
    const test = task.test.slice(0, items);
    const pattern = patternOf(form);
    const asked = (row: number, places: readonly number[]) => ({
      text: rows[row]!.text,
      shots: shotsOf(
        form,
        places.map((place) => rows[pool[place]!]!),
      ),
    });

    const measure = async (variant: string, queries: Rows, vectors: Rows): Promise<void> => {
      // The nearest comes last, right before the question.
      const examples = test.map((row, item) =>
        asked(row, nearestDemonstrations(queries[item]!, vectors, shots).map(({ index }) => index).reverse()),
      ); // prettier-ignore
      const [started, before] = [Date.now(), cached.asked];
      const answers = await classify(cached, pattern, tokenizer, examples, labels);
      const seconds = cached.asked > before ? (Date.now() - started) / 1000 : 0;
      const right = answers.filter(({ label }, i) => label === rows[test[i]!]!.label).length;
      console.log(
        `${task.name} ${variant}: ${((100 * right) / answers.length).toFixed(0)} %  ${seconds.toFixed(1)} s`,
      );
      done({
        experiment: "selection",
        task: task.name,
        variant,
        seed: 1,
        p: answers.map(({ probabilities }) => probabilities.map((p) => Number(p.toFixed(4)))),
        tokens: Math.round(answers.reduce((sum, { tokens }) => sum + tokens, 0) / answers.length),
        seconds: Number(seconds.toFixed(1)),
      });
    };

    const poolVectors = await sentenceVectors(pool.map((row) => rows[row]!.text));
    const testVectors = await sentenceVectors(test.map((row) => rows[row]!.text));
    await measure("nearest", testVectors, poolVectors);
    if (task !== tasks.banking || late()) continue;

    /** Log-probability of an example's own label after each candidate as its only demonstration. */
    const score = async (query: number, candidates: readonly number[]): Promise<number[]> => {
      const row = pool[query]!;
      const answers = await classify(cached, pattern, tokenizer, candidates.map((place) => asked(row, [place])), labels); // prettier-ignore
      const gold = labels.indexOf(rows[row]!.label);
      return answers.map(({ probabilities }) => Math.log(probabilities[gold]!));
    };
    const few = poolVectors.slice(0, taught);
    const examples = await scoreCandidates(few, score, { shortlist, keep: 2 });
    const retriever = await trainRetriever(few, { examples, steps: 100, seed: 1 });
    await measure("learned", encodeRows(testVectors, retriever.query), encodeRows(poolVectors, retriever.demonstration)); // prettier-ignore
  }
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
