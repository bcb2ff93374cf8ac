import { fork, normalTensor, tf, uniform } from "../../engine";
import type { Rng } from "../../engine";
import type { DenseParams } from "../../nn";

/**
 * The toy of MAML: sine waves y = A sin(x - phase) on [-5, 5], each a task, and a small network that learns one from a few
 * points. Source: Finn et al. 2017, section 5.1.
 */
export interface Sine {
  /** A, from [0.1, 5]. */
  readonly amplitude: number;
  /** From [0, pi]. */
  readonly phase: number;
}

export const drawSines = (rng: Rng, count: number): Sine[] =>
  Array.from({ length: count }, () => ({
    amplitude: 0.1 + 4.9 * uniform(rng),
    phase: Math.PI * uniform(rng),
  }));

export const sineAt = ({ amplitude, phase }: Sine, x: number): number => amplitude * Math.sin(x - phase);

/** Points of T tasks: float32 [T, K, 1] both. */
export interface SinePoints {
  readonly x: tf.Tensor;
  readonly y: tf.Tensor;
}

/** K points of each sine, anywhere on [-5, 5]; the caller disposes them. */
export function sinePoints(rng: Rng, sines: readonly Sine[], points: number): SinePoints {
  const xs = sines.map(() => Array.from({ length: points }, () => 10 * uniform(rng) - 5)); // [T][K]
  const ys = sines.map((sine, t) => xs[t]!.map((x) => sineAt(sine, x))); // [T][K]
  const tensor = (rows: number[][]) => tf.tensor3d(rows.map((row) => row.map((v) => [v]))); // [T, K, 1]
  return { x: tensor(xs), y: tensor(ys) };
}

/** Layers of a small network, from the input on: weight [I, O] and bias [O]; with a first axis [T] for tasks. */
export type SineParams = readonly Required<DenseParams>[];

/** A network of one input, hidden layers with ReLU and one output; the paper's has two layers of 40. */
export function initSine(rng: Rng, hidden: readonly number[] = [40, 40]): SineParams {
  const sizes = [1, ...hidden, 1];
  return sizes.slice(1).map((outputs, i) => {
    const inputs = sizes[i] as number;
    const weight = normalTensor(fork(rng, i), [inputs, outputs], Math.sqrt(2 / inputs)); // He et al. 2015
    return { weight, bias: tf.zeros([outputs]) };
  });
}

/**
 * @param params of T tasks: weights [T, I, O], biases [T, O]
 * @param x float32 [T, K, 1]
 * @returns float32 [T, K, 1]
 */
export function sineNetwork(params: SineParams, x: tf.Tensor): tf.Tensor {
  return params.reduce((h, { weight, bias }, i) => {
    const sum = tf.matMul(h, weight).add(bias.expandDims(1)); // [T, K, O]
    return i < params.length - 1 ? tf.relu(sum) : sum;
  }, x);
}

/** Mean squared error of each task, float32 [T]. */
export const sineLoss = (params: SineParams, { x, y }: SinePoints): tf.Tensor =>
  tf.mean(tf.squaredDifference(sineNetwork(params, x), y), [1, 2]);
