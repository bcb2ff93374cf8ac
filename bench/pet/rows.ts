/**
 * Chapter 10's comparison on a second task: SmolLM2 as it is, and only the rows of the labels learn, from the rows of label
 * words or from zeros, at 0 to 100 labels; naive Bayes on the same draws.
 */
import { loadModel } from "../../src/checkpoints";
import { fewShotTask } from "../../src/data/node";
import type { FewShotTaskName } from "../../src/data/node";
import { fork, makeRng } from "../../src/engine";
import { answerStates, causalPool, causalSettings, decided, drawLabelled, fit, linearScores, manual, naiveBayes, oneHot, pattern, softLabels, trainLinear, trainNaiveBayes, wordRows } from "../../src/prompt"; // prettier-ignore
import type { LinearScores } from "../../src/prompt";
import type { Results, Run } from "./results";

const words = manual({ card: "card", transfer: "transfer", cash: "cash", exchange: "currency", identity: "identity" }); // prettier-ignore
const sources = {
  topic: "Question: {text:shorten}\nTopic: {mask}",
  "is about": "{text:shorten} This question is about the {mask}",
  category: "Customer: {text:shorten}\nCategory: {mask}",
} as const;
const sizes = [10, 50, 100];
const draws = Array.from({ length: 20 }, (_, i) => i + 1);

/** States of all texts in a pattern, and the rows of its label words. */
async function read(texts: readonly string[], labels: readonly string[]) {
  const model = await loadModel("smollm2-135m-instruct");
  const tokenizer = model.tokenizer!;
  const read = [];
  for (const [name, source] of Object.entries(sources)) {
    const { parts, verbalize } = pattern<{ readonly text: string }>(source, words);
    const prompts = texts.map((text) => fit(parts({ text }), tokenizer, causalSettings.length).ids);
    const states = (await answerStates(model, prompts, { widths: [16, 24, 32, causalSettings.length] })) as Float32Array[]; // prettier-ignore
    const rows = await wordRows(model, labels.map((label) => verbalize(label).map((word) => tokenizer.encode(` ${word}`)[0]!))); // prettier-ignore
    read.push({ name, of: new Map(texts.map((text, i) => [text, states[i]!])), rows });
    console.log(name, "read");
  }
  model.dispose();
  return read;
}

export async function rows(name: FewShotTaskName, results: Results): Promise<void> {
  if (name !== "topics")
    throw new Error(`rows: "topics", and not "${name}": chapter 10 does sentiment in its cells.`);
  if (results.has({ task: name, labels: sizes.at(-1), seed: draws.at(-1) })) return;
  const { labels, train, test } = fewShotTask(name);
  const pool = causalPool(train);
  const patterns = await read(
    [...test, ...pool].map(({ text }) => text),
    labels,
  );
  const judged = (scores: readonly (readonly number[])[]) => {
    const correct = decided(scores, labels).filter((label, i) => label === test[i]!.label).length;
    return { correct, total: test.length };
  };
  const { steps, learningRate } = causalSettings;
  const ofTest = patterns.map(({ of }) => test.map(({ text }) => of.get(text)!));
  const beginning = (weight: number[][]): LinearScores => ({ weight, bias: weight.map(() => 0) });

  const untrained = patterns.map(({ rows: weight }, p) => linearScores(beginning(weight), ofTest[p]!));
  if (!results.has({ task: name, labels: 0 })) {
    const about = { task: name, labels: 0, seed: draws[0]! };
    results.add(
      ...untrained.map((scores, p) => ({
        method: "PET",
        ...about,
        pattern: patterns[p]!.name,
        ...judged(scores),
      })),
      { method: "PET, patterns vote", ...about, ...judged(softLabels(untrained)) },
    );
  }
  for (const count of sizes)
    for (const seed of draws) {
      if (results.outOfTime()) return;
      if (results.has({ task: name, labels: count, seed })) continue;
      const { labelled } = drawLabelled(pool, labels, count, fork(makeRng(seed), `causal ${count}`));
      const targets = labelled.map(({ label }) => oneHot(labels, label));
      const about = { task: name, labels: count, seed };
      const bayes = trainNaiveBayes(labelled, labels);
      const runs: Run[] = [{ method: "naive Bayes", ...about, ...judged(test.map(({ text }) => naiveBayes(bayes, text))) }]; // prettier-ignore
      const votes: number[][][] = [];
      for (const [p, { name: patternName, of, rows: weight }] of patterns.entries()) {
        const states = labelled.map(({ text }) => of.get(text)!);
        const learn = (start: number[][]): number[][] =>
          linearScores(trainLinear(beginning(start), states, targets, { steps, learningRate }), ofTest[p]!);
        const scores = learn(weight);
        votes.push(scores);
        runs.push({ method: "PET", ...about, pattern: patternName, ...judged(scores) });
        runs.push({ method: "head", ...about, pattern: patternName, ...judged(learn(weight.map((row) => row.map(() => 0)))) }); // prettier-ignore
      }
      runs.push({ method: "PET, patterns vote", ...about, ...judged(softLabels(votes)) });
      results.add(...runs);
    }
}
