/**
 * The runs behind chapter 06 that take too long for a cell. Writes into datasets/scaling-runs:
 *
 *   npx tsx bench/pretraining.ts scaling    runs.json: GPTs of five sizes; 2 minutes on two quiet cores
 *   npx tsx bench/pretraining.ts ladder     ladder.json: RNN, LSTM and GPT of one size; 4 minutes
 *   npx tsx bench/pretraining.ts objectives objectives.json: one network, five objectives; 4 minutes
 */
import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { batchTensors, IGNORE, layoutBatch, layoutTokens, objectives, questionLayout, randomBatch, sequentialBatches, splitStream, stackLayouts, tokenStream } from "../src/data"; // prettier-ignore
import type { LayoutBatch, LayoutTokens, LmBatch, Objective } from "../src/data";
import { loadText } from "../src/data/node";
import { makeRng, tf, useEngine } from "../src/engine";
import { gpt, initGpt, initReader, initRnn, reader, rnn } from "../src/models";
import type { GptConfig, GptParams, ReaderConfig, ReaderParams, RnnConfig, RnnParams } from "../src/models";
import type { Context } from "../src/nn";
import { crossEntropy } from "../src/ops";
import { charTokenizer, trainChar } from "../src/text";
import { disposeTraining, startTraining, train } from "../src/train";
import { countParams } from "../src/tree";

const [batch, length, steps, every, seed] = [12, 64, 2000, 200, 1];
const text = loadText("tinyshakespeare");
const tokenizer = charTokenizer(trainChar(text));
const { vocabSize } = tokenizer;
const data = splitStream(tokenStream(tokenizer, text));
const validation = [...sequentialBatches(data.validation, { batch: 64, length })];

/** A model as the loop needs it. */
interface Net<P> {
  readonly init: () => P;
  readonly logits: (params: P, ids: tf.Tensor, ctx: Context) => tf.Tensor;
}

function gptNet(size: Pick<GptConfig, "nLayer" | "dModel" | "nHead">): Net<GptParams> {
  const config: GptConfig = { vocabSize, context: length, order: "pre", ...size };
  return { init: () => initGpt(config, makeRng(seed)), logits: (p, ids, ctx) => gpt(p, config, ids, ctx) };
}

function rnnNet(size: Pick<RnnConfig, "cell" | "nLayer" | "dModel">): Net<RnnParams> {
  const config: RnnConfig = { vocabSize, ...size };
  return { init: () => initRnn(config, makeRng(seed)), logits: (p, ids, ctx) => rnn(p, config, ids, ctx) };
}

/** Trains, and gives the loss over the whole validation text at every 200 steps. */
async function pretrain<P>(name: string, { init, logits }: Net<P>, peak: number) {
  const state = startTraining(init(), seed);
  const total = countParams(state.params);
  const points: { step: number; tokens: number; loss: number }[] = [];
  const started = Date.now();
  const records = train({
    state,
    loss: (params, fields: { inputs: tf.Tensor; labels: tf.Tensor }, ctx) =>
      crossEntropy(logits(params, fields.inputs, ctx), fields.labels),
    batch: (_, rng): LmBatch => randomBatch(data.train, { batch, length }, rng),
    steps,
    schedule: { kind: "cosine", peak, warmup: 100, steps, final: peak / 10 },
    optimizer: { beta2: 0.99, weightDecay: 0.1, decay: "matrices" },
    clip: 1,
    weight: ({ labels }) => tf.sum(tf.notEqual(labels, tf.scalar(IGNORE, "int32")).cast("float32")),
    evaluate: { every, batches: validation },
  });
  for await (const { step, validation: loss } of records) {
    if (loss === undefined) continue;
    points.push({ step, tokens: step * batch * length, loss: round(loss) });
    console.log(`${name}, step ${step}: ${loss.toFixed(4)}`);
  }
  disposeTraining(state);
  return { total, peak: round(peak), minutes: round((Date.now() - started) / 60_000), points };
}

async function scaling(): Promise<unknown[]> {
  const runs: unknown[] = [];
  for (const [nLayer, dModel, nHead] of [
    [2, 16, 2],
    [2, 32, 2],
    [3, 48, 3],
    [4, 64, 4],
    [4, 128, 4],
  ] as const) {
    const net = gptNet({ nLayer, dModel, nHead });
    // Kaplan 2020 counts no embeddings (section 2.1) and takes larger steps for smaller models (equation D.1).
    const { tokens, positions, ...blocks } = net.init();
    const parameters = countParams(blocks);
    tf.dispose([tokens, positions, blocks] as tf.TensorContainer);
    const run = await pretrain(`${nLayer} x ${dModel}`, net, 0.003239 - 0.0001395 * Math.log(parameters));
    runs.push({ nLayer, dModel, nHead, parameters, ...run });
  }
  return runs;
}

/** About 200,000 parameters each. Two peaks for each model: the better one is kept, the other one told. */
async function ladder(): Promise<unknown[]> {
  const runs: unknown[] = [];
  const add = async <P>(name: string, net: Net<P>): Promise<void> => {
    const tried = [];
    for (const peak of [3e-3, 1e-2]) tried.push(await pretrain(`${name}, ${peak}`, net, peak));
    tried.sort((a, b) => a.points.at(-1)!.loss - b.points.at(-1)!.loss);
    const other = { peak: tried[1]!.peak, loss: tried[1]!.points.at(-1)!.loss };
    runs.push({ name, ...tried[0]!, other });
  };
  await add("Elman RNN", rnnNet({ cell: "elman", nLayer: 1, dModel: 288 }));
  await add("LSTM", rnnNet({ cell: "lstm", nLayer: 1, dModel: 148 }));
  await add("GPT", gptNet({ nLayer: 4, dModel: 64, nHead: 4 }));
  return runs;
}

/** One network, asked in five ways; then two questions to all, over the same 1,024 windows of the validation text. */
async function compareObjectives(): Promise<unknown[]> {
  const tokens = layoutTokens(vocabSize);
  const config: ReaderConfig = {
    vocabSize: tokens.vocabSize,
    dModel: 64,
    nLayer: 3,
    nHead: 4,
    places: length,
  };
  const runs: unknown[] = [];
  for (const objective of objectives) {
    const state = startTraining(initReader(config, makeRng(seed)), seed);
    const total = countParams(state.params);
    const points: unknown[] = [];
    const started = Date.now();
    const records = train({
      state,
      loss: (params, { labels, ...fields }: Record<keyof LayoutBatch, tf.Tensor>) =>
        crossEntropy(reader(params, config, fields), labels),
      batch: (_, rng): LayoutBatch =>
        layoutBatch(objective, data.train, { batch: rows, length }, tokens, rng),
      steps: objectiveSteps,
      schedule: { kind: "cosine", peak: 3e-3, warmup: 100, steps: objectiveSteps, final: 3e-4 },
      optimizer: { beta2: 0.99, weightDecay: 0.1, decay: "matrices" },
      clip: 1,
    });
    for await (const { step, loss } of records) {
      if (step % 500 !== 0) continue;
      const scores = Object.fromEntries(
        Object.entries(questions).map(([name, span]) => [
          name,
          round(answerLoss(state.params, config, objective, span, tokens)),
        ]),
      );
      points.push({ step, loss: round(loss), ...scores });
      console.log(objective, step, loss.toFixed(3), JSON.stringify(scores));
    }
    disposeTraining(state);
    runs.push({ objective, total, minutes: round((Date.now() - started) / 60_000), points });
  }
  return runs;
}

const [rows, objectiveSteps] = [16, 3000];
/** Of 48 characters: the last one; the one in the middle; four in the middle. */
const questions = {
  next: { start: 47, end: 48 },
  hidden: { start: 24, end: 25 },
  span: { start: 22, end: 26 },
} as const;

/** Mean nats of a character that is asked for, among the text's characters alone. */
function answerLoss(
  params: ReaderParams,
  config: ReaderConfig,
  objective: Objective,
  span: { readonly start: number; readonly end: number },
  tokens: LayoutTokens,
): number {
  const starts = Array.from({ length: 1024 }, (_, i) => i * 108);
  const layouts = starts.map((start) =>
    questionLayout(objective, data.validation.subarray(start, start + 48), span, tokens),
  );
  let sum = 0;
  for (let i = 0; i < layouts.length; i += 256)
    tf.tidy(() => {
      const { labels, ...fields } = batchTensors(stackLayouts(layouts.slice(i, i + 256), length));
      const characters = reader(params, config, fields).slice([0, 0, 0], [-1, -1, tokens.text]); // [B, T, 66]
      sum += crossEntropy(characters, labels).dataSync()[0]! / 4;
    });
  return sum;
}

async function main(what: string | undefined): Promise<void> {
  const kinds = {
    scaling: [scaling, "runs.json"],
    ladder: [ladder, "ladder.json"],
    objectives: [compareObjectives, "objectives.json"],
  } as const;
  if (what !== "scaling" && what !== "ladder" && what !== "objectives")
    throw new Error("Say which: scaling, ladder or objectives");
  const { versions, jit } = await useEngine();
  const [make, file] = kinds[what];
  const runs = await make();
  const size =
    what === "objectives" ? { batch: rows, length, steps: objectiveSteps } : { batch, length, steps };
  const made = { ...size, seed, jit, engine: versions, processor: cpus()[0]?.model, runs };
  const folder = join(__dirname, "..", "datasets", "scaling-runs");
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `.${file}.tmp`), `${JSON.stringify(made, null, 1)}\n`);
  renameSync(join(folder, `.${file}.tmp`), join(folder, file));
}

/** Six digits are more than a run's noise. */
const round = (value: number): number => Number(value.toPrecision(6));

void main(process.argv[2]);
