import { fork, jit, makeRng, tf } from "../../engine";
import type { Rng } from "../../engine";
import { adamW, disposeTraining, startTraining, valueAndGradients } from "../../train";
import type { AdamWState } from "../../train";
import { disposeTree, mapTensors } from "../../tree";
import { adapt, forTasks, metaGradient } from "./maml";
import type { InnerLoop, MetaBatch } from "./maml";
import { drawSines, initSine, sineLoss, sinePoints } from "./sine";
import type { SineParams, SinePoints } from "./sine";

export interface SineRunOptions {
  /**
   * What the first parameters are made for: to be adapted ("maml", "first order"), or to be right for all tasks at once
   * ("joint": the same data without an inner loop, the paper's pretrained baseline).
   */
  readonly method: "maml" | "first order" | "joint";
  /** Updates of the outer loop. */
  readonly steps: number;
  /** 1 without it. */
  readonly seed?: number;
  /** Tasks of an update; 25 without it, as in the paper. */
  readonly tasks?: number;
  /** Points of a support, and of a query; 10 without it. */
  readonly points?: number;
  /** One step of 0.01 without it, as in the paper. */
  readonly inner?: InnerLoop;
  /** beta, of Adam; 0.001 without it, as in the paper. */
  readonly rate?: number;
  /** Sees the loss of the queries after each update. */
  readonly each?: (step: number, loss: number) => void;
}

interface Updated {
  readonly value: tf.Scalar;
  readonly params: SineParams;
  readonly state: AdamWState;
}

/** Meta-trains the sine network. @returns its parameters, the caller's */
export async function trainSine(options: SineRunOptions): Promise<SineParams> {
  const { method, steps, seed = 1, tasks = 25, points = 10, rate = 1e-3, each } = options;
  const inner = options.inner ?? { rate: 0.01, steps: 1 };
  const state = startTraining(initSine(makeRng(seed)), seed);
  const step = jit(
    (params: SineParams, optimizer: AdamWState, support: SinePoints, query: SinePoints): Updated => {
      const update = (): Updated => {
        const { value, gradients } = outerGradient(method, params, { support, query, tasks }, inner);
        return { value, ...adamW(params, gradients, optimizer, { learningRate: rate, weightDecay: 0 }) };
      };
      // tfjs' type of what a tidy returns has no place for it.
      return tf.tidy(update as () => never);
    },
    { name: `sine ${method}` },
  );
  try {
    for (let at = 0; at < steps; at++) {
      const batch = sineBatch(fork(makeRng(seed), at), tasks, points);
      const { value, ...next } = step(state.params, state.optimizer, batch.support, batch.query);
      const [loss] = await value.data();
      disposeTree([value, batch.support, batch.query]);
      const before = [state.params, state.optimizer];
      Object.assign(state, { params: next.params, optimizer: next.state });
      disposeTree(before);
      each?.(at + 1, loss as number);
    }
    return mapTensors(state.params, (leaf) => leaf.clone()) as SineParams;
  } finally {
    step.dispose();
    disposeTraining(state);
  }
}

/** New sines with a support and a query each; the caller disposes their points. */
export function sineBatch(rng: Rng, tasks: number, points: number, queries = points): MetaBatch<SinePoints> {
  const sines = drawSines(fork(rng, "sines"), tasks);
  const support = sinePoints(fork(rng, "support"), sines, points);
  return { support, query: sinePoints(fork(rng, "query"), sines, queries), tasks };
}

function outerGradient(
  method: SineRunOptions["method"],
  params: SineParams,
  batch: MetaBatch<SinePoints>,
  inner: InnerLoop,
): { value: tf.Scalar; gradients: SineParams } {
  if (method !== "joint")
    return metaGradient(sineLoss, params, batch, { ...inner, order: method === "maml" ? 2 : 1 });
  const { support, query, tasks } = batch;
  const both = { x: tf.concat([support.x, query.x], 1), y: tf.concat([support.y, query.y], 1) }; // [T, 2 K, 1]
  return valueAndGradients((p) => tf.mean(sineLoss(forTasks(p, tasks), both)) as tf.Scalar, params);
}

/**
 * Plain fine-tuning of each task from the same parameters, and how well it does on the queries on the way.
 * @returns [steps + 1][T]: squared error of each task after 0, 1, ... steps
 */
export async function adaptationErrors(
  params: SineParams,
  { support, query, tasks }: MetaBatch<SinePoints>,
  { rate, steps }: InnerLoop,
): Promise<number[][]> {
  const errors: number[][] = [];
  let fast = tf.tidy(() => forTasks(params, tasks) as never) as SineParams;
  try {
    for (let step = 0; ; step++) {
      const losses = tf.tidy(() => sineLoss(fast, query)); // [T]
      errors.push(Array.from(await losses.data()));
      losses.dispose();
      if (step === steps) return errors;
      const next = adapt(sineLoss, fast, support, { rate, steps: 1 });
      disposeTree(fast);
      fast = next;
    }
  } finally {
    disposeTree(fast);
  }
}
