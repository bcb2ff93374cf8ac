/** The rungs below and beside: counted words, word vectors with an LSTM, and SmolLM2, which reads from left to right. */
import {
  accuracy,
  cachedScorer,
  causalScorer,
  classify,
  lstmScores,
  manual,
  memoryStore,
  naiveBayes,
  pattern,
  trainNaiveBayes,
} from "../../src/prompt";
import { loadModel } from "../../src/checkpoints";
import { loadWordVectors } from "../../src/data/node";
import type { FewShotTaskName } from "../../src/data/node";
import { decoderOf } from "../../src/generate";
import type { LabelledText } from "../../src/data";
import type { Results } from "./results";
import { openSetting, SEEDS, SIZES } from "./setting";

/** Patterns for a causal model have the mask last. */
const causalPatterns = {
  sentiment: {
    "it was": ["{text:shorten} It was {mask}", { negative: "terrible", positive: "great" }],
    review: ["Review: {text:shorten}\nSentiment: {mask}", { negative: "negative", positive: "positive" }],
  },
  topics: {
    topic: ["Question: {text:shorten}\nTopic: {mask}", { card: "card", transfer: "transfer", cash: "cash", exchange: "currency", identity: "identity" }], // prettier-ignore
  },
} as const;

export async function ladder(task: FewShotTaskName, results: Results): Promise<void> {
  const setting = await openSetting(task);
  const { labels: names, test } = setting.data;
  const vectors = await loadWordVectors();
  const texts = test.map(({ text }) => text);
  for (const labels of SIZES)
    for (const seed of SEEDS) {
      if (results.outOfTime()) return;
      if (results.has({ task, labels, seed, method: "word vectors + LSTM" })) continue;
      const { labelled } = setting.draw(labels, seed);
      const bayes = trainNaiveBayes(labelled, names);
      const lstm = await lstmScores(vectors, labelled, texts, names, { steps: 60, learningRate: 3e-3, seed });
      results.add(
        { method: "naive Bayes", task, labels, seed, ...setting.judged(texts.map((text) => naiveBayes(bayes, text))) }, // prettier-ignore
        { method: "word vectors + LSTM", task, labels, seed, ...setting.judged(lstm) },
      );
    }
  await causal(task, results, test, names);
}

async function causal(
  task: FewShotTaskName,
  results: Results,
  test: readonly LabelledText[],
  labels: readonly string[],
): Promise<void> {
  if (results.outOfTime() || results.has({ task, method: "SmolLM2" })) return;
  const { model, tokenizer } = await openSmol();
  const causalModel = causalScorer(model, { widths: [1, 8, 32, 64] });
  // Calibration asks the same prompts and one more.
  const scorer = cachedScorer(causalModel, memoryStore(), { model: "smollm2-135m-instruct", weights: "file", version: "causal 1" }); // prettier-ignore
  for (const [name, [source, words]] of Object.entries(causalPatterns[task])) {
    const prompts = pattern<LabelledText>(source, manual(words));
    for (const [method, contentFree] of [
      ["SmolLM2", []],
      ["SmolLM2 calibrated", [{ text: "N/A", label: "" }]],
    ] as const) {
      const found = await classify(scorer, prompts, tokenizer, test, labels, { contentFree });
      const { estimate } = accuracy(found.map(({ label }) => label), test.map(({ label }) => label)); // prettier-ignore
      const correct = Math.round(estimate * test.length);
      results.add({ method, task, labels: 0, seed: SEEDS[0]!, pattern: name, correct, total: test.length });
    }
  }
  causalModel.dispose();
}

async function openSmol() {
  const model = await loadModel("smollm2-135m-instruct", { weights: "file" });
  if (!model.tokenizer) throw new Error("smollm2-135m-instruct: no tokenizer");
  return { model: decoderOf(model), tokenizer: model.tokenizer };
}
