import { fork, makeRng, useEngine } from "../../src/engine";
import { type LmBatch, randomBatch, splitStream, tokenStream } from "../../src/data";
import { loadText } from "../../src/data/node";
import { crossEntropy } from "../../src/ops";
import { charTokenizer, trainChar } from "../../src/text";
import {
  causalModel,
  type CausalRecipe,
  disposeTraining,
  learningRateAt,
  startTraining,
  train,
} from "../../src/train";
import { loadRecipe } from "../../src/train/node";
import type { Case, Contender } from "../harness";
import type { GptConfig } from "./config";
import { adam } from "./config";
import type { Worker } from "./worker";

/** What a whole run is made of: the same for everybody who trains it. */
export interface WholeRun {
  readonly recipe: CausalRecipe;
  readonly config: GptConfig;
  readonly batches: readonly LmBatch[];
  readonly validation: readonly LmBatch[];
}

/** nanoGPT's run for a CPU, by the lab's recipe: its batches, and those of its estimate of the validation loss. */
export async function wholeRun(steps: number, judged: number): Promise<WholeRun> {
  const { recipe } = await loadRecipe("shakespeare-char-cpu");
  if (recipe.objective !== "causal") throw new Error("shakespeare-char-cpu: it must be the recipe of a text");
  const { data, batch, context, model, evaluation } = recipe;
  const text = loadText(data.text);
  const tokenizer = charTokenizer(trainChar(text));
  const parts = splitStream(tokenStream(tokenizer, text), 1 - data.validation);
  const draw = (stream: Int32Array, count: number, seed: number): LmBatch[] => {
    const rng = makeRng(seed);
    return Array.from({ length: count }, () => randomBatch(stream, { batch, length: context }, rng));
  };
  const config = { layers: model.nLayer, heads: model.nHead, width: model.dModel, context, batch, vocabulary: tokenizer.vocabSize }; // prettier-ignore
  return {
    recipe,
    config,
    batches: draw(parts.train, steps, recipe.seed),
    validation: draw(parts.validation, judged, evaluation.seed),
  };
}

/** Who trains the run, and what it came to: seconds of the steps, what is compiled included, and the loss. */
export interface RunTrainer {
  readonly name: string;
  /** From the same first weights each time. */
  run(steps: number): Promise<{ readonly seconds: number; readonly validation: number }>;
  close(): void;
}

/** First weights of a run. */
export const firstWeights = ({ recipe, config }: WholeRun) =>
  causalModel(recipe.model, { vocabSize: config.vocabulary, context: config.context }).init(
    fork(makeRng(recipe.seed), "weights"),
  );

/** The lab's own loop, `train`, compiled. */
export async function ours(whole: WholeRun): Promise<RunTrainer> {
  const { versions } = await useEngine({ engine: "tensorflow" });
  const { recipe, config, batches, validation } = whole;
  const { logits } = causalModel(recipe.model, { vocabSize: config.vocabulary, context: config.context });
  return {
    name: `transformer-lab, train (TensorFlow ${versions["tensorflow"]})`,
    close: () => undefined,
    async run(steps) {
      const state = startTraining(firstWeights(whole));
      let [seconds, loss] = [0, NaN];
      const { schedule, optimizer, clip } = recipe;
      for await (const record of train({
        state,
        loss: (params, { inputs, labels }, ctx) => crossEntropy(logits(params, inputs, ctx), labels),
        batch: (step): LmBatch => batches[step] as LmBatch,
        steps,
        schedule,
        optimizer,
        clip,
        evaluate: { every: steps, batches: validation },
      })) {
        seconds += record.seconds;
        loss = record.validation ?? loss;
      }
      disposeTraining(state);
      return { seconds, validation: loss };
    },
  };
}

/** PyTorch in its process: the weights are loaded anew for each run. */
export function pytorchRun(name: string, worker: Worker, load: object, whole: WholeRun): RunTrainer {
  const { recipe, validation } = whole;
  const plain = ({ inputs, labels }: LmBatch) => ({ x: Array.from(inputs.data), y: Array.from(labels.data) });
  return {
    name,
    close: () => worker.close(),
    run(steps) {
      const rates = Array.from({ length: steps }, (_, step) => learningRateAt(recipe.schedule, step));
      const { beta1 = adam.beta1, beta2 = adam.beta2, weightDecay = 0 } = recipe.optimizer;
      const options = { rates, betas: [beta1, beta2], decay: weightDecay, clip: recipe.clip };
      return worker.ask({ op: "run", ...load, ...options, validation: validation.map(plain) });
    },
  };
}

/** The names and shapes of the weights that another process gets, and the batches. */
export const plainBatches = ({ batches }: WholeRun) =>
  batches.map(({ inputs, labels }) => ({ x: Array.from(inputs.data), y: Array.from(labels.data) }));

/**
 * The whole run as a case. The round before the first warms up with a few steps; each later one starts from the first
 * weights. Everybody has to come to the same validation loss.
 */
export function runCase(trainers: readonly RunTrainer[], steps: number, notes: string[]): Case {
  const losses: number[] = [];
  const contenders: Contender[] = trainers.map((trainer, k) => {
    let warm = false;
    return {
      name: trainer.name,
      run: async () => {
        const { seconds, validation } = await trainer.run(warm ? steps : Math.min(steps, 20));
        if (!warm) return ((warm = true), seconds);
        losses[k] = validation;
        const apart = Math.abs(validation - (losses[0] ?? validation));
        // The same weights, batches and rates: what is left is rounding, which 2,000 steps make larger.
        if (apart > 0.03)
          throw new Error(
            `${trainer.name}: validation loss ${validation}, ${losses[0]} of ${trainers[0]?.name}`,
          );
        const note = `${trainer.name}: validation loss ${validation.toFixed(4)} after ${steps} steps.`;
        if (!notes.includes(note)) notes.push(note);
        return seconds;
      },
    };
  });
  return { unit: "s", contenders, notes, close: () => trainers.forEach((trainer) => trainer.close()) };
}
