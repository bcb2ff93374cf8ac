import { fork, normalTensor, tf } from "../../engine";
import type { Rng } from "../../engine";
import { gptStack } from "../../models";
import type { GptBlock } from "../../models";
import { dense, initAttention, initDense, initFfn, initNorm, tap } from "../../nn";
import type { Context, DenseParams, NormParams } from "../../nn";
import { meanInterval } from "../statistics";
import type { Interval } from "../statistics";
import { linearTensors } from "./linear";
import type { LinearTask } from "./linear";

/**
 * A transformer that learns a linear function from the examples in its input: GPT-2's blocks between two dense layers,
 * in place of a vocabulary.
 *
 *     x_1 y_1 x_2 y_2 ... x_N y_N          at the place of x_k it says what y_k is
 *
 * Source: Garg et al. 2022, "What can transformers learn in-context?", section 2; Akyürek et al. 2023, "What learning
 * algorithm is in-context learning?", section 2. A token is [x, 0] or [0, y], as Akyürek has it; Garg pads y to x's width.
 */
export interface RegressionConfig {
  /** d, numbers of an x. */
  readonly dimension: number;
  /** N, most points of a task. */
  readonly points: number;
  readonly dModel: number;
  readonly nLayer: number;
  readonly nHead: number;
}

export interface RegressionParams {
  /** [D + 1, C] */
  readonly read: DenseParams;
  /** float32 [2 N, C] */
  readonly positions: tf.Tensor;
  readonly blocks: readonly GptBlock[];
  readonly norm: NormParams;
  /** [C, 1] */
  readonly out: DenseParams;
}

/** Deviations follow the width (1 / sqrt(C)): GPT-2's 0.02 is meant for 768 numbers a token, here there are far fewer. */
export function initRegression(config: RegressionConfig, rng: Rng): RegressionParams {
  const { dimension, points, dModel, nLayer, nHead } = config;
  const deviation = dModel ** -0.5;
  const wide = { dModel, deviation, outDeviation: deviation / Math.sqrt(2 * nLayer), bias: true };
  const own = (name: string): Rng => fork(rng, name);
  return {
    read: initDense(own("read"), dimension + 1, dModel, { deviation: (dimension + 1) ** -0.5 }),
    positions: normalTensor(own("positions"), [2 * points, dModel], 0.1),
    blocks: Array.from({ length: nLayer }, (_, i) => ({
      norm1: initNorm("layer", dModel),
      attn: initAttention(own(`blocks.${i}.attn`), { ...wide, nHead }),
      norm2: initNorm("layer", dModel),
      ffn: initFfn(own(`blocks.${i}.ffn`), { ...wide, dFfn: 4 * dModel, activation: "geluTanh" }),
    })),
    norm: initNorm("layer", dModel),
    out: initDense(own("out"), dModel, 1, { deviation, bias: false }),
  };
}

/**
 * A guess of each y from the points before it.
 * @param xs float32 [B, N, D]
 * @param ys float32 [B, N]: that of a point is read after its guess
 * @returns float32 [B, N]: number k is made from k examples
 * @throws RangeError for more points than the model has places, or x of another dimension
 */
export function regression(
  params: RegressionParams,
  config: RegressionConfig,
  xs: tf.Tensor,
  ys: tf.Tensor,
  ctx: Context = {},
): tf.Tensor {
  const [batch, points, width] = xs.shape as [number, number, number];
  const { dimension } = config;
  if (xs.rank !== 3 || width !== dimension)
    throw new RangeError(`regression: xs must be [B, N, ${dimension}], got [${xs.shape.join(", ")}]`);
  if (String(ys.shape) !== String([batch, points]))
    throw new RangeError(`regression: ys must be [${batch}, ${points}], got [${ys.shape.join(", ")}]`);
  if (points > config.points)
    throw new RangeError(`regression: ${points} points are more than the model's ${config.points}`);
  const xTokens = tf.concat([xs, tf.zeros([batch, points, 1])], 2); // [B, N, D + 1]
  const yTokens = tf.concat([tf.zeros([batch, points, dimension]), ys.reshape([batch, points, 1])], 2);
  const tokens = tf.concat([xTokens, yTokens], 2).reshape([batch, 2 * points, dimension + 1]); // x_1 y_1 x_2 ...
  const rows = params.positions.slice([0, 0], [2 * points, -1]); // [2 N, C]
  const x = tap(ctx, "embed", dense(params.read, tokens).add(rows)); // [B, 2 N, C]
  const states = gptStack(params, { ...config, order: "pre" }, x, ctx); // [B, 2 N, C]
  const said = dense(params.out, states).reshape([batch, points, 2]); // at x_k and at y_k
  return said.slice([0, 0, 0], [batch, points, 1]).reshape([batch, points]); // [B, N]
}

/** Mean squared error over all guesses, from 0 examples to N - 1 (Garg 2022, equation 2). */
export function regressionLoss(
  params: RegressionParams,
  config: RegressionConfig,
  { xs, ys }: { readonly xs: tf.Tensor; readonly ys: tf.Tensor },
  ctx: Context = {},
): tf.Scalar {
  return tf.mean(tf.squaredDifference(regression(params, config, xs, ys, ctx), ys)) as tf.Scalar;
}

/**
 * What the model says about each point of each task from the points before it.
 * @returns [task][k], k examples
 */
export async function regressionPredictions(
  params: RegressionParams,
  config: RegressionConfig,
  tasks: readonly LinearTask[],
): Promise<number[][]> {
  const guesses = tf.tidy(() => {
    const { xs, ys } = linearTensors(tasks);
    return regression(params, config, xs, ys);
  });
  const rows = (await guesses.array()) as number[][];
  guesses.dispose();
  return rows;
}

/**
 * Squared error by number of examples, over the dimension: a learner that knows nothing has 1, whatever the dimension
 * (Garg 2022, figure 2).
 * @param said [task][k], as `regressionPredictions` or `predictions` of each task give it
 * @returns [N]: mean over the tasks with a 95 % interval
 */
export function errorCurve(said: readonly (readonly number[])[], tasks: readonly LinearTask[]): Interval[] {
  if (said.length !== tasks.length)
    throw new RangeError(`errorCurve: predictions of ${said.length} tasks, but there are ${tasks.length}`);
  const points = tasks[0]?.ys.length ?? 0;
  return Array.from({ length: points }, (_, k) =>
    meanInterval(tasks.map(({ ys, weights }, t) => (said[t]![k]! - ys[k]!) ** 2 / weights.length)),
  );
}
