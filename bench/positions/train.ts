/**
 * Trains one small model for each scheme of positions on pieces of 64 characters. Chapter 03 measures them on longer
 * ones. Everything but the scheme is the same: data, their order, first weights, steps.
 *
 *   npx tsx bench/positions/train.ts [steps]
 *
 * Writes datasets/position-models: models.safetensors (all weights, in half precision) and training.json (its course).
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { randomBatch } from "../../src/data";
import type { LmBatch } from "../../src/data";
import { makeRng, useEngine } from "../../src/engine";
import type { tf } from "../../src/engine";
import { writeSafetensors } from "../../src/checkpoints";
import { initPositional, positional, schemes } from "../../src/models";
import type { PositionalConfig, PositionalParams } from "../../src/models";
import { crossEntropy } from "../../src/ops";
import { charTokenizer, trainChar } from "../../src/text";
import { disposeTraining, startTraining, train } from "../../src/train";
import { countParams, namedTensors } from "../../src/tree";

const root = join(__dirname, "..", "..");
const folder = join(root, "datasets", "position-models");
const steps = Number(process.argv[2] ?? 1000);
const seed = 1;
const trained = 64; // characters in a piece
const batch = 32;
const schedule = { kind: "cosine", peak: 3e-3, warmup: 50, steps, final: 3e-4 } as const;

async function main(): Promise<void> {
  await useEngine();
  const text = readFileSync(join(root, "datasets", "tinyshakespeare", "input.txt"), "utf8");
  const cut = Math.floor(text.length * 0.9);
  const characters = charTokenizer(trainChar(text.slice(0, cut)));
  const stream = Int32Array.from(characters.encode(text.slice(0, cut)));
  const base = { vocabSize: characters.vocabSize, dModel: 64, nLayer: 2, nHead: 4, places: trained };
  const weights: Record<string, tf.Tensor> = {};
  const runs = [];
  for (const scheme of schemes) {
    const config: PositionalConfig = { ...base, scheme };
    const state = startTraining(initPositional(config, makeRng(seed)), seed);
    const started = Date.now();
    const curve: [step: number, loss: number][] = [];
    const loop = train<PositionalParams, LmBatch>({
      state,
      loss: (params, { inputs, labels }, ctx) =>
        crossEntropy(positional(params, config, inputs, ctx), labels),
      batch: (_, rng) => randomBatch(stream, { batch, length: trained }, rng),
      steps,
      schedule,
      optimizer: { beta2: 0.99, weightDecay: 0.1, decay: "matrices" },
      clip: 1,
    });
    for await (const { step, loss } of loop) if (step % 50 === 0) curve.push([step, Number(loss.toFixed(4))]);
    const minutes = (Date.now() - started) / 60000;
    for (const [name, tensor] of namedTensors(state.params)) weights[`${scheme}/${name}`] = tensor.clone();
    runs.push({ scheme, parameters: countParams(state.params), minutes: Number(minutes.toFixed(2)), curve });
    console.log(scheme, curve.at(-1), `${minutes.toFixed(1)} min`);
    disposeTraining(state);
  }
  mkdirSync(folder, { recursive: true });
  const file = join(folder, "models.safetensors");
  await writeSafetensors(file, weights, {
    dtype: "F16",
    metadata: { seed: String(seed), steps: String(steps) },
  });
  const course = {
    command: `npx tsx bench/positions/train.ts ${steps}`,
    seed,
    trained,
    batch,
    steps,
    schedule,
    config: base,
    runs,
  };
  writeFileSync(join(folder, "training.json"), `${JSON.stringify(course, null, 1)}\n`);
}

void main();
