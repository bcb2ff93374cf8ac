/**
 * PET against a new head on SmolLM2, a language model that keeps the head of its pretraining: the same states, the same
 * draws, the same training; only what the rows of the labels begin with differs.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fork, makeRng, normal } from "../../src/engine";
import { loadModel } from "../../src/checkpoints";
import type { LabelledText } from "../../src/data";
import { fewShotTask } from "../../src/data/node";
import type { FewShotTaskName } from "../../src/data/node";
import { answerStates, decided, drawLabelled, fit, linearScores, manual, oneHot, pattern, trainLinear, wordRows } from "../../src/prompt"; // prettier-ignore
import type { LinearScores } from "../../src/prompt";
import type { Results } from "./results";
import { SEEDS, SIZES } from "./setting";

/** The mask is last; words as in the ladder. */
const tasks = {
  sentiment: {
    source: "Review: {text:shorten}\nSentiment: {mask}",
    words: { negative: "negative", positive: "positive" },
  },
  topics: {
    source: "Question: {text:shorten}\nTopic: {mask}",
    words: { card: "card", transfer: "transfer", cash: "cash", exchange: "currency", identity: "identity" },
  },
} as const;

const LENGTH = 48;
export const causalTraining = { steps: 100, learningRate: 1 };

export async function causal(task: FewShotTaskName, results: Results): Promise<void> {
  const { labels, train, test } = fewShotTask(task);
  const draw = (count: number, seed: number): readonly LabelledText[] =>
    drawLabelled(train, labels, count, fork(makeRng(seed), `${task} ${count}`)).labelled;
  const needed = [...test, ...SIZES.flatMap((count) => SEEDS.flatMap((seed) => draw(count, seed)))];
  const { states, words } = await statesOf(task, [...new Set(needed.map(({ text }) => text))], results);
  const of = (rows: readonly LabelledText[]): Float32Array[] | undefined => {
    const found = rows.map(({ text }) => states.get(text));
    return found.every((each): each is Float32Array => each !== undefined) ? found : undefined;
  };
  const judged = of(test);
  if (!judged) return; // out of time: the next call goes on
  const gold = test.map(({ label }) => label);
  const told = (method: string, count: number, seed: number, scores: LinearScores): void => {
    if (results.has({ method, task, labels: count, seed })) return;
    const guessed = decided(linearScores(scores, judged), labels);
    const correct = guessed.filter((label, i) => label === gold[i]).length;
    results.add({ method, task, labels: count, seed, correct, total: gold.length });
  };
  const wordStart = { weight: words, bias: labels.map(() => 0) };
  told("PET", 0, SEEDS[0]!, wordStart);
  for (const count of SIZES)
    for (const seed of SEEDS) {
      const rows = draw(count, seed);
      const own = of(rows);
      if (!own) continue;
      const targets = rows.map(({ label }) => oneHot(labels, label));
      const rng = fork(makeRng(seed), "head");
      const headStart = {
        weight: words.map((row) => row.map(() => 0.02 * normal(rng))),
        bias: labels.map(() => 0),
      };
      told("PET", count, seed, trainLinear(wordStart, own, targets, causalTraining));
      told("head", count, seed, trainLinear(headStart, own, targets, causalTraining));
    }
}

/** States of texts in the pattern, and the rows of the label words; kept in .lab/pet, so that an interrupted run goes on. */
async function statesOf(task: FewShotTaskName, texts: readonly string[], results: Results) {
  const folder = path.resolve(__dirname, "../../.lab/pet");
  const file = path.join(folder, `causal-${task}.json`);
  mkdirSync(folder, { recursive: true });
  const kept = existsSync(file)
    ? (JSON.parse(readFileSync(file, "utf8")) as { words: number[][]; states: [string, string][] })
    : { words: [], states: [] };
  const states = new Map(kept.states.map(([text, base64]) => [text, floats(base64)]));
  const missing = texts.filter((text) => !states.has(text));
  if (missing.length === 0) return { states, words: kept.words };
  const model = await loadModel("smollm2-135m-instruct");
  const { tokenizer } = model;
  if (!tokenizer) throw new Error("smollm2-135m-instruct: no tokenizer");
  const { source, words: of } = tasks[task];
  const verbalizer = manual(of as Record<string, string>);
  const pair = pattern<{ text: string }>(source, verbalizer);
  const prompts = missing.map((text) => fit(pair.parts({ text }), tokenizer, LENGTH).ids);
  const words = await wordRows(model, verbalizer.labels.map((label) => verbalizer.words[label]!.map((word) => tokenizer.encode(` ${word}`)[0]!))); // prettier-ignore
  const keep = (): void => {
    const all = [...states].map(([text, state]) => [text, Buffer.from(state.buffer, state.byteOffset, state.byteLength).toString("base64")]); // prettier-ignore
    writeFileSync(file, JSON.stringify({ words, states: all }));
    console.log(`${states.size} of ${texts.length} states`);
  };
  await answerStates(model, prompts, {
    widths: [16, 24, 32, LENGTH],
    each: (i, state) => {
      states.set(missing[i]!, state);
      if (states.size % 64 === 0) keep();
      return !results.outOfTime();
    },
  });
  keep();
  model.dispose();
  return { states, words };
}

function floats(base64: string): Float32Array {
  const bytes = Buffer.from(base64, "base64");
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
}
