/**
 * The five runs behind chapter 06's scaling law: GPTs of five sizes, the same text, batches and number of steps.
 * Writes datasets/scaling-runs/runs.json, run by run. `npx tsx bench/scaling.ts`; four minutes on two quiet cores.
 */
import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { randomBatch, sequentialBatches, splitStream, tokenStream } from "../src/data";
import type { LmBatch } from "../src/data";
import { loadText } from "../src/data/node";
import { makeRng, tf, useEngine } from "../src/engine";
import { gpt, initGpt } from "../src/models";
import type { GptConfig } from "../src/models";
import { crossEntropy } from "../src/ops";
import { charTokenizer, trainChar } from "../src/text";
import { disposeTraining, startTraining, train } from "../src/train";
import { countParams } from "../src/tree";

const sizes = [
  { nLayer: 2, dModel: 16, nHead: 2 },
  { nLayer: 2, dModel: 32, nHead: 2 },
  { nLayer: 3, dModel: 48, nHead: 3 },
  { nLayer: 4, dModel: 64, nHead: 4 },
  { nLayer: 4, dModel: 128, nHead: 4 },
];
const [batch, length, steps, every, seed] = [12, 64, 2000, 200, 1];

const text = loadText("tinyshakespeare");
const tokenizer = charTokenizer(trainChar(text));
const data = splitStream(tokenStream(tokenizer, text));
const validation = [...sequentialBatches(data.validation, { batch: 64, length })];
const folder = join(__dirname, "..", "datasets", "scaling-runs");

async function main(): Promise<void> {
  const { versions, jit } = await useEngine();
  const runs: unknown[] = [];
  for (const size of sizes) {
    const config: GptConfig = { vocabSize: tokenizer.vocabSize, context: length, order: "pre", ...size };
    const state = startTraining(initGpt(config, makeRng(seed)), seed);
    const { tokens, positions } = state.params;
    const total = countParams(state.params);
    // Kaplan 2020 counts no embeddings (section 2.1) and takes larger steps for smaller models (equation D.1).
    const parameters = total - tokens.size - positions.size;
    const peak = 0.003239 - 0.0001395 * Math.log(parameters);
    const points: unknown[] = [];
    const started = Date.now();
    const records = train({
      state,
      loss: (params, fields: { inputs: tf.Tensor; labels: tf.Tensor }, ctx) =>
        crossEntropy(gpt(params, config, fields.inputs, ctx), fields.labels),
      batch: (_, rng): LmBatch => randomBatch(data.train, { batch, length }, rng),
      steps,
      schedule: { kind: "cosine", peak, warmup: 100, steps, final: peak / 10 },
      optimizer: { beta2: 0.99, weightDecay: 0.1, decay: "matrices" },
      clip: 1,
      weight: ({ labels }) => tf.sum(tf.notEqual(labels, tf.scalar(-100, "int32")).cast("float32")),
      evaluate: { every, batches: validation },
    });
    for await (const { step, validation: loss } of records) {
      if (loss === undefined) continue;
      points.push({ step, tokens: step * batch * length, loss: round(loss) });
      console.log(`${size.nLayer} x ${size.dModel}, step ${step}: ${loss.toFixed(4)}`);
    }
    disposeTraining(state);
    const minutes = round((Date.now() - started) / 60_000);
    runs.push({ ...size, parameters, total, peak: round(peak), minutes, points });
    const made = { batch, length, steps, seed, jit, engine: versions, processor: cpus()[0]?.model, runs };
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, ".runs.json.tmp"), `${JSON.stringify(made, null, 1)}\n`);
    renameSync(join(folder, ".runs.json.tmp"), join(folder, "runs.json"));
  }
}

/** Six digits are more than a run's noise. */
const round = (value: number): number => Number(value.toPrecision(6));

void main();
