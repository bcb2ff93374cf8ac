// Made from solutions/00-start-here.ts. A fresh copy: lab reset 00. As shipped: 123a720892618194
/**
 * Lab 00: start here.
 *
 * Three warm-ups that every later chapter stands on: a softmax that does not overflow, its logarithm's sum, and the
 * test that tells a right gradient from a wrong one. Replace each `throw` by your code, save, and run the check: in
 * a notebook `await check("00/softmax", softmax)`, in a terminal `lab grade --lab 00`.
 *
 * Tensors are not collected like other objects. Wrap your work in `tf.tidy(() => ...)`: it frees every tensor made
 * inside, apart from the one that it returns. Leave the arguments as they are.
 */

import { tf } from "transformer-lab/engine";

/**
 * 1. Softmax.   Difficulty 1 of 5, importance 5 of 5, about 10 minutes
 *
 * Turns scores into probabilities, along the last axis of x: p_i = exp(x_i) / sum_j exp(x_j). Larger scores get more,
 * and each row adds up to 1.
 * Float32 ends at 3.4e38, and exp(89) is more than that: infinity, and infinity / infinity is NaN (not a number). So
 * take the largest score of each row away first. It divides out: exp(x_i - m) / sum_j exp(x_j - m) is the same
 * fraction, and no power is above exp(0) = 1.
 * A score of -Infinity gets probability 0. A row that holds NaN, or nothing but -Infinity, gives NaN: it has no answer.
 *
 * softmax(tf.tensor([[0, 0], [1000, 0]]))  ->  [[0.5, 0.5], [1, 0]]
 *
 * @param x float32 [..., N]
 * @returns float32 [..., N]. Not by tf.softmax, of course.
 *
 * Goodfellow, Bengio, Courville (2016), "Deep Learning", section 4.1.
 */
export function softmax(x: tf.Tensor): tf.Tensor {
  // TODO: take the row's largest score away, then divide each power by the row's sum
  throw new Error("Not implemented yet: softmax");
}

/**
 * 2. Log-sum-exp.   Difficulty 2 of 5, importance 5 of 5, about 15 minutes
 *
 * log(sum_j exp(x_j)) along one axis: the sum of probabilities that are kept as logarithms, and the larger half of
 * every cross-entropy loss. The same trick: m + log(sum_j exp(x_j - m)) with m the largest.
 * -Infinity is log(0). A row of nothing but -Infinity is a sum of zeros, so its answer is -Infinity and not NaN; a row
 * with +Infinity gives +Infinity. (In both, -Infinity - (-Infinity) is the trap: use m only where it is finite.)
 * The axis that is summed over goes, or stays with size 1 where `keepDims` is true, as in tf.sum.
 *
 * logSumExp(tf.tensor([[0, 0], [1000, 0]]))           ->  [0.693, 1000], shape [2]
 * logSumExp(tf.tensor([[0, 0], [1000, 0]]), 0, true)  ->  [[1000, 0.693]], shape [1, 2]
 *
 * @param x float32, at least one axis
 * @param axis which axis is summed over; negative axes count from the end
 * @returns float32. Not by tf.logSumExp, of course.
 *
 * Blanchard, Higham, Higham (2021), "Accurately computing the log-sum-exp and softmax functions".
 */
export function logSumExp(x: tf.Tensor, axis = -1, keepDims = false): tf.Tensor {
  // TODO: shift by the largest, where it is finite; sum, take the logarithm, shift back
  throw new Error("Not implemented yet: logSumExp");
}

/** What `checkGradient` finds out. */
export interface GradientCheck {
  /** The gradient by central differences, a number for each coordinate of x. */
  readonly numerical: number[];
  /** How far the given gradient is from it: |given - numerical| / (|given| + |numerical|), from 0 (equal) to 1. */
  readonly error: number;
}

/** The length of a vector: the root of the sum of its squares. */
export function norm(vector: readonly number[]): number {
  return Math.hypot(...vector);
}

/**
 * 3. Check a gradient.   Difficulty 2 of 5, importance 4 of 5, about 15 minutes
 *
 * Is `gradient` the gradient of f at x? Find out by trying: move one coordinate at a time a step h up and a step h down
 * and see how f changes, (f(x + h) - f(x - h)) / (2 h). This is the central difference.
 * f computes in float32, which keeps about 7 digits. With a tiny h the two values agree in nearly all of them, and
 * nothing is left of the difference; with a large h the curve is no line any more. The best step is about the cube root
 * of the rounding error, in the coordinate's own size: h = 0.005 * max(1, |x_i|), another one for each coordinate.
 * Where both gradients are all zeros the error is 0.
 *
 * checkGradient((x) => x[0] * x[0] + 3 * x[1], [2, 1], [4, 3])  ->  { numerical: [4, 3], error: 0 } (nearly)
 *
 * @param f takes a point, an array as long as x, and gives its value
 * @param gradient as long as x
 *
 * Press et al. (2007), "Numerical Recipes", section 5.7.
 */
export function checkGradient(
  f: (x: number[]) => number,
  x: readonly number[],
  gradient: readonly number[],
): GradientCheck {
  // TODO: step up and down in each coordinate, then compare the two gradients
  throw new Error("Not implemented yet: checkGradient");
}
