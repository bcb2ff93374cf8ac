import type { PlainTensor } from "../plain";
import { dot, fromMatrices, matricesOf, product, transposed, type Matrix } from "./matrices";

/** One step of attention turned into a mistake. */
export interface Variant {
  /** What scores are multiplied by; 1 / sqrt(D) without it. */
  readonly scale?: (headDim: number) => number;
  /** Softmax down the columns: over those who look. */
  readonly columns?: boolean;
  /** What a hidden place gets in the scores: -Infinity without it; a function of its score. */
  readonly hidden?: (score: number) => number;
  /** The mask takes places away after the softmax, and the rest is not divided again. */
  readonly maskAfter?: boolean;
  /** The mask is turned round. */
  readonly turned?: boolean;
  /** A row with nothing allowed is left as softmax makes it. */
  readonly emptyRows?: "nan" | "mean";
  /** Powers without their largest score taken away. */
  readonly overflow?: boolean;
  /** The weights are raw scores: no softmax. */
  readonly raw?: boolean;
}

function softmax(row: readonly number[], { overflow = false, emptyRows }: Variant): number[] {
  const top = Math.max(...row);
  if (top === -Infinity) {
    const value = emptyRows === "nan" ? NaN : emptyRows === "mean" ? 1 / row.length : 0;
    return row.map(() => value);
  }
  const powers = row.map((score) => Math.fround(Math.exp(overflow ? score : score - top)));
  const sum = Math.fround(powers.reduce((total, power) => total + power, 0));
  return powers.map((power) => power / sum);
}

/** The weights [T, S] of one matrix of queries and one of keys. */
export function patternOf(q: Matrix, k: Matrix, mask: Matrix | undefined, variant: Variant = {}): number[][] {
  const {
    scale = (headDim) => 1 / Math.sqrt(headDim),
    hidden = () => -Infinity,
    columns,
    maskAfter,
  } = variant;
  const headDim = q[0]?.length ?? 1;
  const open = (i: number, j: number): boolean => !mask || (mask[i]![j] !== 0) !== (variant.turned ?? false);
  const scores = q.map((query, i) =>
    k.map((key, j) => {
      const score = dot(query, key) * scale(headDim);
      return maskAfter || open(i, j) ? score : hidden(score);
    }),
  );
  const weights = variant.raw
    ? scores
    : columns
      ? transposed(transposed(scores).map((column) => softmax(column, variant)))
      : scores.map((row) => softmax(row, variant));
  return maskAfter ? weights.map((row, i) => row.map((p, j) => (open(i, j) ? p : 0))) : weights;
}

/** Attention of all matrices; q, k and v have the same axes before the last two, the mask is [T, S]. */
export function attend(
  q: PlainTensor,
  k: PlainTensor,
  v: PlainTensor,
  mask?: PlainTensor,
  variant: Variant = {},
): PlainTensor {
  const [keys, values, allowed] = [matricesOf(k), matricesOf(v), mask && matricesOf(mask)[0]!];
  const mixed = matricesOf(q).map((query, m) =>
    product(patternOf(query, keys[m]!, allowed, variant), values[m]!),
  );
  return fromMatrices(mixed, q.shape.slice(0, -2));
}

/** The gradient of sum(dy * attention(q, k, v, mask)) with respect to q. */
export function gradientOfQueries(
  q: PlainTensor,
  k: PlainTensor,
  v: PlainTensor,
  mask: PlainTensor | undefined,
  dy: PlainTensor,
): PlainTensor {
  const [keys, values, weights] = [matricesOf(k), matricesOf(v), matricesOf(dy)];
  const allowed = mask && matricesOf(mask)[0]!;
  const gradients = matricesOf(q).map((query, m) => {
    const pattern = patternOf(query, keys[m]!, allowed);
    const ofPattern = product(weights[m]!, transposed(values[m]!)); // [T, S]
    const ofScores = pattern.map((row, i) => {
      const mean = dot(row, ofPattern[i]!);
      return row.map((p, j) => (p * (ofPattern[i]![j]! - mean)) / Math.sqrt(query[0]!.length));
    });
    return product(ofScores, keys[m]!);
  });
  return fromMatrices(gradients, q.shape.slice(0, -2));
}
