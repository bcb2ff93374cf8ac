/**
 * Trains Medusa's heads for the shipped character model on the part of tiny Shakespeare that the model itself was
 * trained on (Medusa-1: the model stays as it is).
 *
 *   npx tsx bench/medusa/train.ts [steps] [folder]
 *
 * Expect a validation loss of 6.53 (heads 1 to 4: 2.41, 2.80, 3.00 and 3.11 nats) after 1,500 steps, in 6 minutes on two
 * busy cores. Writes datasets/shakespeare-medusa: heads.json, heads.safetensors (in bfloat16), and training.json, what
 * the run came to.
 */
import { join } from "node:path";
import { randomCrop, splitStream, tokenStream } from "../../src/data";
import { loadText } from "../../src/data/node";
import { makeRng, tf, useEngine } from "../../src/engine";
import {
  greedyRows,
  headAccuracy,
  headLosses,
  initMedusa,
  trainedDecoder,
  trainMedusa,
} from "../../src/generate";
import type { HeadAccuracy } from "../../src/generate";
import { loadMedusa, saveMedusa } from "../../src/generate/node";
import type { GptParams } from "../../src/models";
import { disposeTraining, startTraining } from "../../src/train";
import { writeWhole } from "../../src/text/node/files";
import { loadTrained } from "../../src/train/node";
import { countParams, disposeTree } from "../../src/tree";

const root = join(__dirname, "..", "..");
const steps = Number(process.argv[2] ?? 1500);
const folder = process.argv[3] ?? join(root, "datasets", "shakespeare-medusa");
const seed = 1337;
const heads = 4; // the authors' trees are up to four deep
const batch = 16;
const length = 124; // with the tokens that four heads predict, rows of 129
const schedule = { kind: "cosine", peak: 2e-3, warmup: 50, steps, final: 1e-4 } as const;

async function main(): Promise<void> {
  const { engine, device } = await useEngine();
  const trained = await loadTrained("shakespeare-char");
  const { model, vocabSize } = trained.config;
  const { tokens } = trained.params as GptParams;
  const decoder = trainedDecoder(trained);
  const { train, validation } = splitStream(tokenStream(trained.tokenizer, loadText("tinyshakespeare")));
  const rng = makeRng(seed);
  const rows = (count: number, of: number): Int32Array[] =>
    Array.from({ length: count }, () => randomCrop(validation, of, rng));
  const judged = rows(64, length + heads + 1);
  const own = await greedyRows(decoder, rows(32, 32), 64);

  const state = startTraining(initMedusa({ heads, dModel: model.dModel, own: tokens }), seed);
  const curve: [step: number, loss: number][] = [];
  let seconds = 0;
  let mean = 0;
  const run = {
    state,
    decoder,
    stream: train,
    batch,
    length,
    steps,
    schedule,
    clip: 1,
    precision: "bf16",
  } as const;
  for await (const { step, loss, seconds: more } of trainMedusa(run)) {
    seconds += more;
    mean = step === 1 ? loss : 0.98 * mean + 0.02 * loss;
    if (step % 100 !== 0 && step !== steps) continue;
    curve.push([step, Number(mean.toFixed(4))]);
    console.log(`step ${step}/${steps}: loss ${mean.toFixed(3)}, ${(seconds / 60).toFixed(1)} min`);
  }
  await saveMedusa(folder, { model: "shakespeare-char", vocabSize }, state.params);
  const parameters = countParams(state.params);
  disposeTraining(state);

  // Judged as they are shipped, rounded.
  const shipped = await loadMedusa(folder);
  const losses = tf.tidy(() => {
    const ids = tf.tensor2d(judged.map((row) => Array.from(row)), undefined, "int32"); // prettier-ignore
    return headLosses(shipped.heads, decoder, ids).map((loss) => rounded(loss.dataSync()[0] as number));
  });
  const result = {
    command: `npx tsx bench/medusa/train.ts ${steps}`,
    seed,
    batch,
    length,
    steps,
    schedule,
    parameters,
    minutes: Number((seconds / 60).toFixed(2)),
    engine,
    device,
    /** By head, in nats, on 64 rows of the text's last tenth. */
    validationLosses: losses,
    validationLoss: rounded(losses.reduce((sum, loss, i) => sum + 0.8 ** (i + 1) * loss, 0)),
    accuracy: {
      validation: shown(await headAccuracy(decoder, shipped.heads, judged)),
      own: shown(await headAccuracy(decoder, shipped.heads, own, { from: 32 })),
    },
    curve,
  };
  writeWhole(join(folder, "training.json"), `${JSON.stringify(result, null, 1)}\n`);
  console.log(result);
  disposeTree([shipped.heads, trained.params]);
}

const rounded = (value: number): number => Number(value.toFixed(4));
const shown = (all: readonly HeadAccuracy[]) =>
  all.map(({ head, top1, top5, ranks }) => ({ head, top1: rounded(top1), top5: rounded(top5), ranks: ranks.map(rounded) })); // prettier-ignore

void main();
