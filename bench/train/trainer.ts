import { type EngineName, jit, type Precision, tf, useEngine } from "../../src/engine";
import { initAdamW } from "../../src/train";
import { disposeTree } from "../../src/tree";
import type { Contender } from "../harness";
import type { Batch, GptConfig } from "./config";
import { gptStep, initGpt } from "./gpt";
import { plainTfjs } from "./plain";

/** Somebody who trains the GPT, from the same weights and on the same batches as the others. */
export interface Trainer {
  readonly name: string;
  /** How many of the first losses are compared with the first trainer's; 0 for one that trains another model. */
  readonly comparable: number;
  /** How far its losses may be off, where that is more than the others': it computes with fewer digits. */
  readonly tolerance?: number;
  /** Trains on, and says how long it took and the loss of each step. */
  train(steps: number): Promise<Trained>;
  close(): void;
}

export interface Trained {
  readonly seconds: number;
  readonly losses: readonly number[];
}

/** Calls `step` with one batch after the other, over and over; where it stopped, the next call goes on. */
export function stepper(batches: readonly Batch[], step: (batch: Batch) => tf.Scalar) {
  let done = 0;
  return async (steps: number): Promise<Trained> => {
    const start = performance.now();
    const made: tf.Scalar[] = [];
    for (let i = 0; i < steps; i++) made.push(step(batches[done++ % batches.length] as Batch));
    // A card computes on after the calls have come back: the last loss ends the time.
    const losses = await Promise.all(made.map(async (loss) => (await loss.data())[0] as number));
    const seconds = (performance.now() - start) / 1000;
    tf.dispose(made);
    return { seconds, losses };
  };
}

/** Losses of the first steps with products of 8 bits. */
export const bf16Tolerance = 0.03;

/** The lab's own step, compiled or op by op, on an engine. */
export async function ours(
  config: GptConfig,
  batches: readonly Batch[],
  engine: EngineName,
  compiled: boolean,
  precision: Precision = "f32",
): Promise<Trainer> {
  const version = (await useEngine({ engine })).versions["tensorflow"];
  const step = gptStep(config);
  const compiledStep = jit(step, { precision });
  const run = compiled ? compiledStep : step;
  let params = initGpt(config);
  let state = initAdamW(params);
  const train = stepper(batches, ({ x, y }) => {
    const shape: [number, number] = [config.batch, config.context];
    const ids = tf.tensor2d([...x], shape, "int32");
    const labels = tf.tensor2d([...y], shape, "int32");
    const next = run(params, state, ids, labels);
    disposeTree([params, state, ids, labels]);
    ({ params, state } = next);
    return next.loss;
  });
  const where = version ? `TensorFlow ${version}` : engine;
  const narrow = precision === "bf16";
  const how = compiled ? (narrow ? "jit, products in bf16" : "jit") : "eager";
  return {
    name: `transformer-lab, ${how} (${where})`,
    comparable: narrow ? 5 : 50,
    ...(narrow ? { tolerance: bf16Tolerance } : {}),
    train,
    close: () => {
      compiledStep.dispose();
      disposeTree([params, state]);
    },
  };
}

/** Plain tfjs on native TensorFlow, in this process. */
export function plain(config: GptConfig, batches: readonly Batch[]): Trainer {
  const start = initGpt(config);
  const { step, dispose } = plainTfjs(config, start);
  disposeTree(start);
  return {
    name: `plain tfjs-node ${tf.version["tfjs-core"]}`,
    comparable: 5,
    train: stepper(batches, step),
    close: dispose,
  };
}

/**
 * The first losses of all, from the same weights on the same batches: nobody is timed who computes something else.
 * @param most compares at most so many
 * @returns what the first step of each took, which compiles where there is something to compile
 * @throws Error that names who differs, at which step, by how much
 */
export async function sameLosses(
  trainers: readonly Trainer[],
  most: number,
  tolerance: number,
): Promise<string[]> {
  const notes: string[] = [];
  let expected: readonly number[] = [];
  for (const { name, comparable, tolerance: own = tolerance, train } of trainers) {
    const steps = Math.min(comparable, most);
    const first = await train(1);
    const losses = [...first.losses, ...(steps > 1 ? (await train(steps - 1)).losses : [])].slice(0, steps);
    if (expected.length === 0) expected = losses;
    const errors = losses.map((loss, i) => Math.abs(loss - (expected[i] as number)));
    const bad = errors.findIndex((error) => !(error <= own));
    if (bad >= 0)
      throw new Error(
        `${name}: the loss of step ${bad + 1} is ${losses[bad]}, and ${expected[bad]} of ${trainers[0]?.name}`,
      );
    const compared = steps > 0 ? `; ${steps} losses compared, apart by ${Math.max(...errors).toExponential(1)}` : ""; // prettier-ignore
    notes.push(`${name}: first step ${first.seconds.toFixed(2)} s${compared}.`);
  }
  return notes;
}

/** One round: as many steps as take about `seconds` by the round before, at least two. In seconds a step. */
export function contender({ name, train }: Trainer, seconds: number): Contender {
  let steps = 2;
  const run = async (): Promise<number> => {
    const each = (await train(steps)).seconds / steps;
    steps = Math.min(50, Math.max(2, Math.round(seconds / each)));
    return each;
  };
  return { name, run };
}
