/**
 * SmolLM2-135M-Instruct reads the 722 answers of datasets/preferences once: the state after the last token of each, and how
 * likely it finds the answer. With these chapter 11 trains a reward head in seconds.
 *
 *   npx tsx bench/rlhf/preferenceStates.ts
 *
 * Writes datasets/preference-states.
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { loadModel, writeSafetensors } from "../../src/checkpoints";
import type { LoadedLlama } from "../../src/checkpoints";
import { intsTensor, groupByPrompt } from "../../src/data";
import { loadPreferences } from "../../src/data/node";
import { jit, tf, useEngine } from "../../src/engine";
import { preferenceIds, PREFERENCE_LENGTH, tokenLogProbs, writtenRows } from "../../src/align";
import { decoderOf } from "../../src/generate";

/** Texts side by side, of about one length. */
const BATCH = 8;
const WIDTHS = [64, 128, PREFERENCE_LENGTH];

async function main(): Promise<void> {
  await useEngine({});
  const model = (await loadModel("smollm2-135m-instruct")) as LoadedLlama;
  const decoder = decoderOf(model);
  const texts = groupByPrompt(loadPreferences()).flatMap((group) => preferenceIds(model, group));
  const program = jit((params: unknown, ids: tf.Tensor, last: tf.Tensor) => {
    const states = decoder.states(params, ids, {}); // [B, T, C]
    const [batch, time, width] = states.shape as [number, number, number];
    const picked = tf.oneHot(last, time).cast("float32").reshape([batch, 1, time]); // [B, 1, T]
    return {
      state: tf.matMul(picked, states).reshape([batch, width]), // [B, C]
      logProbs: tokenLogProbs({ states: () => states, head: decoder.head }, params, ids, ids), // [B, T - 1]
    };
  });
  const size = model.config.dModel;
  const states = new Float32Array(texts.length * size);
  const likely = new Float32Array(texts.length * 2);
  const order = texts.map((_, i) => i).sort((a, b) => lengthOf(a) - lengthOf(b));
  function lengthOf(i: number): number {
    return texts[i]!.prompt.length + texts[i]!.answer.length;
  }
  const started = performance.now();
  for (let first = 0; first < order.length; first += BATCH) {
    const chosen = order.slice(first, first + BATCH);
    const rows = Array.from({ length: BATCH }, (_, i) => texts[chosen[i] ?? chosen[0]!]!);
    const width = WIDTHS.find((each) => each >= lengthOf(chosen.at(-1)!))!;
    const { ids, last, mask } = writtenRows(rows, width);
    const found = tf.tidy(() => program(decoder.params, intsTensor(ids), intsTensor(last)));
    const [state, logProbs] = [await found.state.data(), await found.logProbs.data()];
    tf.dispose([found.state, found.logProbs]);
    chosen.forEach((text, row) => {
      states.set(state.subarray(row * size, (row + 1) * size), text * size);
      const own = [...mask.data.subarray(row * (width - 1), (row + 1) * (width - 1))];
      likely[2 * text] = own.reduce((sum, real, t) => sum + (real ? logProbs[row * (width - 1) + t]! : 0), 0);
      likely[2 * text + 1] = texts[text]!.answer.length;
    });
    if ((first / BATCH) % 10 === 0) console.log(`${first} of ${order.length}, ${((performance.now() - started) / 1000).toFixed(0)} s`); // prettier-ignore
  }
  const folder = join(__dirname, "..", "..", "datasets", "preference-states");
  mkdirSync(folder, { recursive: true });
  const tensors = {
    states: tf.tensor2d(states, [texts.length, size]),
    logProbs: tf.tensor2d(likely, [texts.length, 2]),
  };
  await writeSafetensors(join(folder, "states.safetensors"), tensors, { dtype: "F16" });
  console.log(`done in ${((performance.now() - started) / 60_000).toFixed(1)} minutes`);
}

void main();
