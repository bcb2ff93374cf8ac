/** Training a GPT: the lab's compiled step against plain tfjs, PyTorch and the JavaScript peers; and what jit costs. */
import { mkdirSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { flattenTensors, jit, tf, useEngine } from "../src/engine";
import type { GptParams } from "../src/models";
import { initAdamW } from "../src/train";
import { disposeTree } from "../src/tree";
import { bench, type Case, type Cases } from "./harness";
import { pythonWithTorch } from "./python";
import { adam, type Batch, configs, type GptConfig, shakespeareBatches } from "./train/config";
import { fused, gptStep, initGpt } from "./train/gpt";
import { firstWeights, ours as oursRun, plainBatches, pytorchRun, runCase, wholeRun } from "./train/run";
import { optimizerCase } from "./train/optimizers";
import { peerFolder } from "./train/packages";
import { bf16Tolerance, contender, ours, plain, sameLosses, type Trainer } from "./train/trainer";
import { Worker, workerTrainer } from "./train/worker";

const root = join(__dirname, "..");
const quick = process.argv.includes("--quick");

/** What a process of its own needs to train the same: the weights lie in a file. */
function loadCommand(
  name: string,
  config: GptConfig,
  batches: readonly Batch[],
  params: GptParams = initGpt(config),
): object {
  const { leaves, names } = flattenTensors(fused(params));
  const folder = join(root, ".lab", "bench-train");
  mkdirSync(folder, { recursive: true });
  const weights = join(folder, `${name}.f32`);
  writeFileSync(
    weights,
    Buffer.concat(leaves.map((leaf) => Buffer.from(Float32Array.from(leaf.dataSync()).buffer))),
  );
  const command = { config, adam, weights, leaves: leaves.map(({ shape }, i) => [names[i], shape]), batches };
  disposeTree([leaves, params]);
  return command;
}

/** Everybody who can train this GPT here; who cannot is a note. */
async function everybody(name: string, config: GptConfig): Promise<{ trainers: Trainer[]; notes: string[] }> {
  const batches = shakespeareBatches(config, 8);
  const trainers: Trainer[] = [];
  const notes: string[] = [];
  const invite = async (who: string, make: () => Trainer | Promise<Trainer>): Promise<void> => {
    try {
      trainers.push(await make());
    } catch (error) {
      notes.push(`${who} is not in the table: ${(error as Error).message}`);
    }
  };
  await invite("jit", () => ours(config, batches, "tensorflow", true));
  await invite("eager", () => ours(config, batches, "tensorflow", false));
  await invite("plain tfjs-node", () => plain(config, batches));
  const load = loadCommand(name, config, batches);
  const threads = availableParallelism();
  const pytorch = (title: string, compile: boolean, bf16: boolean) => {
    const worker = new Worker("PyTorch", pythonWithTorch(), [join(__dirname, "train", "pytorch.py")]);
    const options = { threads, compile, bf16 };
    return workerTrainer(title, worker, { ...load, ...options }, 5, bf16 ? bf16Tolerance : undefined);
  };
  await invite("PyTorch", () => pytorch("PyTorch $, eager with SDPA", false, false));
  await invite("torch.compile", () => pytorch("torch.compile (PyTorch $)", true, false));
  await invite("jit in bf16", () => ours(config, batches, "tensorflow", true, "bf16"));
  await invite("PyTorch in bf16", () => pytorch("PyTorch $, eager, bf16 autocast", false, true));
  const peer = (package_: string, comparable: number) => {
    const tsx = join(root, "node_modules", "tsx", "dist", "cli.mjs");
    const file = join(__dirname, "train", "peer.ts");
    const worker = new Worker(package_, process.execPath, [tsx, file, package_, peerFolder()]);
    return workerTrainer(`${package_} $`, worker, load, comparable);
  };
  await invite("gpt-tfjs", () => peer("gpt-tfjs", 1));
  await invite("@genai-fi/nanogpt", () => peer("@genai-fi/nanogpt", 0));
  notes.push(
    "gpt-tfjs has a head of its own and clips gradients, so only its first loss can be compared; @genai-fi/nanogpt " +
      "trains its own model of the same sizes (RMS norm, no biases), so none. Both run on the lab's native TensorFlow.",
    "disco's GPT is not in the table: its newest package on npm, @epfml/discojs-node 2.1.1, has no GPT.",
  );
  return { trainers, notes };
}

async function stepCase(name: string, config: GptConfig): Promise<Case> {
  const { trainers, notes } = await everybody(name, config);
  const close = () => trainers.forEach((trainer) => trainer.close());
  try {
    const firsts = await sameLosses(trainers, quick ? 5 : 50, 1e-4);
    notes.push(...firsts.map((first) => `${name}, ${first}`));
  } catch (error) {
    close();
    throw error;
  }
  return {
    unit: "ms",
    contenders: trainers.map((trainer) => contender(trainer, quick ? 0 : 1)),
    notes,
    close,
  };
}

/** nanoGPT's run for a CPU from its first step to the validation loss, as `lab train shakespeare-char-cpu` does it. */
async function wholeRunCase(): Promise<Case> {
  const steps = quick ? 40 : 2000;
  const whole = await wholeRun(steps, quick ? 2 : 200);
  const trainers = [await oursRun(whole)];
  const notes: string[] = [];
  try {
    const weights = firstWeights(whole) as GptParams;
    const load = loadCommand("run", whole.config, plainBatches(whole), weights);
    const worker = new Worker("PyTorch", pythonWithTorch(), [join(__dirname, "train", "pytorch.py")]);
    const options = { ...load, threads: availableParallelism(), compile: false, bf16: false };
    const { version } = await worker.ask<{ version: string }>({ op: "load", ...options });
    trainers.push(pytorchRun(`PyTorch ${version}, eager with SDPA`, worker, options, whole));
  } catch (error) {
    notes.push(`PyTorch is not in the table: ${(error as Error).message}`);
  }
  return runCase(trainers, steps, notes);
}

/** The first call of the step, which traces and compiles it. A name of its own makes a program of its own. */
async function compileCase(config: GptConfig): Promise<Case> {
  await useEngine({ engine: "tensorflow" });
  const params = initGpt(config);
  const state = initAdamW(params);
  const ids = tf.zeros([config.batch, config.context], "int32");
  let calls = 0;
  const run = (): void => {
    const step = jit(gptStep(config), { name: `step${calls++}` });
    disposeTree(step(params, state, ids, ids));
    step.dispose();
  };
  return { unit: "s", contenders: [{ name: "transformer-lab, first call", run }], close: () => disposeTree([params, state, ids]) }; // prettier-ignore
}

/** A call that does next to nothing: one addition to each of `count` numbers. */
async function callCase(count: number): Promise<Case> {
  await useEngine({ engine: "tensorflow" });
  const tensors = Array.from({ length: count }, (_, i) => tf.scalar(i));
  const addOne = (all: tf.Tensor[]): tf.Tensor[] => all.map((tensor) => tensor.add(1));
  const compiled = jit(addOne);
  const calls = Math.ceil(2000 / count);
  const repeat = (f: typeof addOne) => (): number => {
    const start = performance.now();
    for (let i = 0; i < calls; i++) tf.dispose(f(tensors));
    return (performance.now() - start) / 1000 / calls;
  };
  return {
    unit: "µs",
    contenders: [
      { name: "jit, one call", run: repeat(compiled) },
      { name: `tfjs-node, ${count === 1 ? "one addition" : `${count} additions`}`, run: repeat((all) => tf.tidy(() => addOne(all))) },
    ],
    close: () => (compiled.dispose(), tf.dispose(tensors)),
  }; // prettier-ignore
}

const sizes = ({ layers, heads, width, context, batch }: GptConfig): string =>
  `${layers} layers, ${heads} heads, width ${width}, context ${context}, batch ${batch}`;
const cases: Cases = {
  [`train step, small: ${sizes(configs.small)}`]: () => stepCase("small", configs.small),
  [`train step, large: ${sizes(configs.large)}`]: () => stepCase("large", configs.large),
  "trace and compile, small": () => compileCase(configs.small),
  "trace and compile, large": () => compileCase(configs.large),
  "call, 1 tensor in and out": () => callCase(1),
  "call, 10 tensors in and out": () => callCase(10),
  "call, 100 tensors in and out": () => callCase(100),
  "AdamW alone, tensorflow, small": () => optimizerCase("tensorflow", configs.small),
  "AdamW alone, tensorflow, large": () => optimizerCase("tensorflow", configs.large),
  "AdamW alone, wasm, small": () => optimizerCase("wasm", configs.small),
  "AdamW alone, wasm, large": () => optimizerCase("wasm", configs.large),
  "AdamW alone, cpu, small": () => optimizerCase("cpu", configs.small),
};
// Minutes long, so it is a case only where it is asked for: --only run --rounds 1.
const only = process.argv.at(process.argv.indexOf("--only") + 1);
const run: Cases = only === "run" ? { "nanoGPT's CPU run, 2,000 steps": wholeRunCase } : {};
void bench("Training", { ...cases, ...run });
