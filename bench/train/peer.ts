/**
 * A JavaScript peer on the lab's native TensorFlow, in a process of its own, since it changes tfjs for all:
 * `peer.ts NAME FOLDER`. Reads and answers the commands that pytorch.py describes.
 */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";
import { tf, useEngine } from "../../src/engine";
import { adam, type Batch, type GptConfig } from "./config";
import { stepper, type Trained } from "./trainer";

export interface LoadCommand {
  readonly config: GptConfig;
  /** A file of float32 numbers, and the name and shape of each tensor in it. */
  readonly weights: string;
  readonly leaves: readonly (readonly [string, number[]])[];
  readonly batches: readonly Batch[];
}

interface Peer {
  readonly version: string;
  readonly step: (batch: Batch) => tf.Scalar;
}

const [name = "", folder = ""] = process.argv.slice(2);
const load = createRequire(join(folder, "package.json"));

function tensors({ weights, leaves }: LoadCommand): tf.Tensor[] {
  const numbers = new Float32Array(new Uint8Array(readFileSync(weights)).buffer);
  let at = 0;
  return leaves.map(([, shape]) => {
    const size = shape.reduce((product, n) => product * n, 1);
    return tf.tensor(numbers.slice(at, (at += size)), shape);
  });
}

/** minGPT on tf.layers. Its own `train` gives no times, so its step is here in its order: clipped to a norm of 1, Adam. */
function gptTfjs(command: LoadCommand): Peer {
  const { layers, heads, width, context, batch, vocabulary } = command.config;
  const { model: models, optimizers } = load("gpt-tfjs") as {
    model: { GPT(config: object): tf.LayersModel };
    optimizers: { clipByGlobalNormObj(grads: tf.NamedTensorMap, norm: number): object };
  };
  const none = { dropout: 0, embdDrop: 0, residDrop: 0 };
  const sizes = { nLayer: layers, nHead: heads, nEmbd: width, vocabSize: vocabulary, blockSize: context };
  const model = models.GPT({ ...sizes, ...none });
  const start = tensors(command);
  model.setWeights([...start, tf.transpose(start[0] as tf.Tensor)]); // its head is not tied, so it begins as the same
  const optimizer = tf.train.adam(adam.learningRate, adam.beta1, adam.beta2, adam.epsilon);
  const { version } = load("gpt-tfjs/package.json") as { version: string };
  return {
    version,
    step: ({ x, y }) =>
      tf.tidy(() => {
        const ids = tf.tensor2d([...x], [batch, context], "int32");
        const labels = tf.oneHot(tf.tensor2d([...y], [batch, context], "int32"), vocabulary);
        const { value, grads } = optimizer.computeGradients(
          () => tf.losses.softmaxCrossEntropy(labels, model.apply(ids) as tf.Tensor) as tf.Scalar,
        );
        optimizer.applyGradients(
          optimizers.clipByGlobalNormObj(grads, 1) as Parameters<typeof optimizer.applyGradients>[0],
        );
        return value;
      }),
  };
}

/** Its own model: RMS norm, no biases, places learned (its option that is closest to GPT-2). */
async function nanogpt({ config }: LoadCommand): Promise<Peer> {
  const { layers, heads, width, context, batch, vocabulary } = config;
  const dist = join(folder, "node_modules", "@genai-fi", "nanogpt", "dist");
  // It brings tfjs-core in its bundle, built for browsers; the engine behind it is the one of this process.
  tf.env().set("IS_NODE", false);
  tf.env().set("IS_BROWSER", true);
  const bring = async (file: string) =>
    (await import(pathToFileURL(join(dist, file)).href)) as { default: unknown };
  await bring("main.js");
  // Some of its kernels are registered for "cpu" only, though they are made of other ops and run on any backend.
  const known = new Set(tf.getKernelsForBackend("tensorflow").map(({ kernelName }) => kernelName));
  for (const kernel of tf.getKernelsForBackend("cpu"))
    if (!known.has(kernel.kernelName)) tf.registerKernel({ ...kernel, backendName: "tensorflow" });
  const Model = (await bring("models/NanoGPTV1.js")).default as new (config: object) => object;
  const Trainer = (await bring("training/PreTrainer.js")).default as new (...args: object[]) => {
    trainStep(state: object, batch: { xs: tf.Tensor; ys: tf.Tensor }): tf.Scalar;
  };
  const sizes = { nLayer: layers, nHead: heads, nEmbed: width, vocabSize: vocabulary, blockSize: context };
  const model = new Model({ ...sizes, mlpFactor: 4, useRope: false });
  const trainer = new Trainer(model, { vocabSize: vocabulary }, { ...adam, warmupSteps: 0, lossScaling: 1 });
  const manifest = join(dist, "..", "package.json");
  return {
    version: (JSON.parse(readFileSync(manifest, "utf8")) as { version: string }).version,
    step: ({ x, y }) => {
      const xs = tf.tensor2d([...x], [batch, context], "int32");
      const ys = tf.tensor2d([...y], [batch, context], "int32");
      const loss = trainer.trainStep({}, { xs, ys });
      tf.dispose([xs, ys]);
      return loss;
    },
  };
}

async function serve(): Promise<void> {
  await useEngine({ engine: "tensorflow" });
  let train: ((steps: number) => Promise<Trained>) | undefined;
  for await (const line of createInterface(process.stdin)) {
    let answer: object;
    try {
      const command = JSON.parse(line) as { op: "load" } & LoadCommand | { op: "train"; steps: number }; // prettier-ignore
      if (command.op === "load") {
        const peer = await (name === "gpt-tfjs" ? gptTfjs(command) : nanogpt(command));
        train = stepper(command.batches, peer.step);
        answer = { version: peer.version };
      } else if (train) answer = await train(command.steps);
      else throw new Error("nothing is loaded");
    } catch (error) {
      answer = { error: (error as Error).message.split("\n")[0] };
    }
    process.stdout.write(`${JSON.stringify(answer)}\n`);
  }
}

void serve();
