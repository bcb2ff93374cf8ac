import { fork, normal, normalTensor, tf } from "../../engine";
import type { Rng } from "../../engine";
import { dot } from "../numbers";

/** A linear function and points of it: y_i = w . x_i (+ noise). */
export interface LinearTask {
  /** [N][D] */
  readonly xs: readonly (readonly number[])[];
  /** [N] */
  readonly ys: readonly number[];
  /** w, [D]: what a learner does not see. */
  readonly weights: readonly number[];
}

export interface LinearTaskOptions {
  readonly count: number;
  /** N */
  readonly points: number;
  /** D */
  readonly dimension: number;
  /** Deviation of what is added to each y; 0 without it. */
  readonly noise?: number;
  /** What every x is multiplied by; 1 without it. Another one is a shift that a learner was not trained for. */
  readonly scale?: number;
}

/**
 * Random linear functions with w ~ N(0, I_d), at points x ~ N(0, I_d).
 *
 * Source: Garg et al. 2022, "What can transformers learn in-context?", section 2; the noise is that of its section 4.
 * @throws RangeError that names the field
 */
export function linearTasks(rng: Rng, options: LinearTaskOptions): LinearTask[] {
  checkOptions(options);
  const { count, points, dimension, noise = 0, scale = 1 } = options;
  const draw = (): number[] => Array.from({ length: dimension }, () => normal(rng));
  return Array.from({ length: count }, () => {
    const weights = draw();
    const xs = Array.from({ length: points }, () => draw().map((v) => scale * v));
    const ys = xs.map((x) => dot(weights, x) + (noise > 0 ? noise * normal(rng) : 0));
    return { xs, ys, weights };
  });
}

/**
 * Tasks of one size as tensors, which the caller disposes.
 * @returns xs float32 [B, N, D], ys float32 [B, N]
 */
export function linearTensors(tasks: readonly LinearTask[]): { xs: tf.Tensor; ys: tf.Tensor } {
  return {
    xs: tf.tensor3d(tasks.map(({ xs }) => xs.map((x) => [...x]))), // [B, N, D]
    ys: tf.tensor2d(tasks.map(({ ys }) => [...ys])), // [B, N]
  };
}

/**
 * Such tasks as tensors from the start, for training: thousands of numbers a step are drawn in one go. Other numbers than
 * `linearTasks` has from the same generator.
 * @returns xs float32 [B, N, D], ys float32 [B, N], which the caller disposes
 */
export function linearBatch(rng: Rng, options: LinearTaskOptions): { xs: tf.Tensor; ys: tf.Tensor } {
  checkOptions(options);
  const { count, points, dimension, noise = 0, scale = 1 } = options;
  return tf.tidy(() => {
    const weights = normalTensor(fork(rng, "weights"), [count, 1, dimension]); // [B, 1, D]
    const xs = normalTensor(fork(rng, "xs"), [count, points, dimension], scale); // [B, N, D]
    const exact = xs.mul(weights).sum(2); // [B, N]
    return { xs, ys: noise > 0 ? exact.add(normalTensor(fork(rng, "noise"), exact.shape, noise)) : exact };
  });
}

/** A guess of y at x from examples; there may be none. */
export type LinearPredictor = (
  xs: readonly (readonly number[])[],
  ys: readonly number[],
  x: readonly number[],
) => number;

/** Says 0, the mean of all linear functions: what can be said without an example. */
export const zeroPredictor: LinearPredictor = () => 0;

/** w = (1/n) sum_i y_i x_i: right in the mean, but with an error that falls only as 1/n (Garg 2022, section 3). */
export const averaging: LinearPredictor = (xs, ys, x) =>
  xs.reduce((sum, each, i) => sum + (ys[i] as number) * dot(each, x), 0) / Math.max(1, xs.length);

/**
 * The line through the examples: of all w with the least squared error the shortest, X^+ y. Below d examples many fit
 * them all, and the shortest is what Bayes' rule says for w ~ N(0, I).
 */
export const leastSquares: LinearPredictor = (xs, ys, x) =>
  xs.length === 0 ? 0 : dot(solution(xs, ys, 0), x);

/**
 * Least squares with a price on long w: w = (X^T X + lambda I)^-1 X^T y (Hoerl and Kennard 1970). With lambda = noise^2
 * it is the mean of what Bayes' rule leaves of w ~ N(0, I), and so the best that any learner can do.
 * @throws RangeError for a lambda below 0
 */
export function ridge(lambda: number): LinearPredictor {
  if (!(lambda >= 0)) throw new RangeError(`ridge: lambda must be a number from 0, got ${lambda}`);
  return (xs, ys, x) => (xs.length === 0 ? 0 : dot(solution(xs, ys, lambda), x));
}

/**
 * What a predictor says about each point of a task from the points before it.
 * @returns [N]: number k is made from k examples
 */
export const predictions = (predictor: LinearPredictor, { xs, ys }: LinearTask): number[] =>
  xs.map((x, k) => predictor(xs.slice(0, k), ys.slice(0, k), x));

/**
 * The smaller one of two systems that have the same solution: (X^T X + lambda I) w = X^T y where there are as many
 * examples as dimensions, w = X^T a with (X X^T + lambda I) a = y where there are fewer.
 */
function solution(xs: readonly (readonly number[])[], ys: readonly number[], lambda: number): number[] {
  const [n, d] = [xs.length, (xs[0] as readonly number[]).length];
  const columns = Array.from({ length: d }, (_, j) => xs.map((x) => x[j] as number)); // [D][N]
  if (n < d) return columns.map((column) => dot(column, solved(gram(xs, lambda), ys)));
  return solved(
    gram(columns, lambda),
    columns.map((column) => dot(column, ys)),
  );
}

/** Products of all pairs of rows, lambda added on the diagonal. */
const gram = (rows: readonly (readonly number[])[], lambda: number): number[][] =>
  rows.map((a, i) => rows.map((b, j) => dot(a, b) + (i === j ? lambda : 0)));

/** A x = b by elimination with the largest pivot of each column. @throws Error where A is singular */
function solved(matrix: readonly (readonly number[])[], right: readonly number[]): number[] {
  const size = matrix.length;
  const rows = matrix.map((row, i) => [...row, right[i] as number]); // [A | b]
  for (let c = 0; c < size; c++) {
    const at = (r: number): number => Math.abs(rows[r]![c] as number);
    let pivot = c;
    for (let r = c + 1; r < size; r++) if (at(r) > at(pivot)) pivot = r;
    if (at(pivot) < 1e-12)
      throw new Error("least squares: two examples are alike, so no single line fits. Cure: ridge(lambda)");
    [rows[c], rows[pivot]] = [rows[pivot]!, rows[c]!];
    for (let r = c + 1; r < size; r++) {
      const factor = rows[r]![c]! / rows[c]![c]!;
      for (let k = c; k <= size; k++) rows[r]![k]! -= factor * rows[c]![k]!;
    }
  }
  const x = new Array<number>(size).fill(0);
  for (let r = size - 1; r >= 0; r--) {
    const known = x.slice(r + 1).reduce((sum, v, k) => sum + v * rows[r]![r + 1 + k]!, 0);
    x[r] = (rows[r]![size]! - known) / rows[r]![r]!;
  }
  return x;
}

function checkOptions({ count, points, dimension, noise = 0 }: LinearTaskOptions): void {
  for (const [field, value] of Object.entries({ count, points, dimension }))
    if (!Number.isInteger(value) || value < 1)
      throw new RangeError(`linearTasks: ${field} must be a whole number from 1, got ${value}`);
  if (!(noise >= 0 && Number.isFinite(noise)))
    throw new RangeError(`linearTasks: noise must be a number from 0, got ${noise}`);
}
