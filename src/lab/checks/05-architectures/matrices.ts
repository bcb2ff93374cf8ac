import { PlainTensor, sizeOf, tensorOf } from "../plain";
import type { Random } from "../random";

/**
 * The few operations that this lab's right answers are made of, in JavaScript's 64 bits. Nothing is rounded to float32
 * here, so that a gradient can be taken by differences.
 */
export type Rows = readonly (readonly number[])[];

export const plain = (values: readonly number[], shape: readonly number[]): PlainTensor =>
  new PlainTensor("float32", shape, values);

export const total = (row: readonly number[]): number => row.reduce((sum, v) => sum + v, 0);
export const mean = (row: readonly number[]): number => total(row) / row.length;

/** The rows along the last axis, changed one by one. */
export function byRow(x: PlainTensor, change: (row: readonly number[], i: number) => number[]): PlainTensor {
  return plain(rowsIn(x).flatMap(change), x.shape);
}

/** All rows along the last axis. */
export function rowsIn({ shape, values }: PlainTensor): number[][] {
  const length = shape.at(-1) ?? 1;
  const count = sizeOf(shape.slice(0, -1));
  return Array.from({ length: count }, (_, i) => values.slice(i * length, (i + 1) * length));
}

/** [..., I] by [I, O]. */
export function product(x: PlainTensor, weight: PlainTensor): PlainTensor {
  const columns = transposed(rowsIn(weight));
  const outputs = weight.shape[1] ?? 0;
  return plain(
    rowsIn(x).flatMap((row) => columns.map((column) => dot(row, column))),
    [...x.shape.slice(0, -1), outputs],
  );
}

export const dot = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, v, i) => sum + v * b[i]!, 0);

export const transposed = (rows: Rows): number[][] =>
  (rows[0] ?? []).map((_, j) => rows.map((row) => row[j]!));

/** Element by element, for two tensors of one shape. */
export const zip = (a: PlainTensor, b: PlainTensor, f: (x: number, y: number) => number): PlainTensor =>
  plain(
    a.values.map((v, i) => f(v, b.values[i]!)),
    a.shape,
  );

export const map = (a: PlainTensor, f: (x: number) => number): PlainTensor => plain(a.values.map(f), a.shape);

/** The gradient of sum(dy f(x)) at x, by central differences: right to eight digits, since f does not round. */
export function gradientOf(f: (x: PlainTensor) => PlainTensor, x: PlainTensor, dy: PlainTensor): PlainTensor {
  const h = 1e-4;
  const slope = x.values.map((_, i) => {
    const moved = (by: number): number =>
      dot(
        f(
          plain(
            x.values.map((v, j) => (i === j ? v + by : v)),
            x.shape,
          ),
        ).values,
        dy.values,
      );
    return (moved(h) - moved(-h)) / (2 * h);
  });
  return tensorOf(slope, x.shape);
}

/** Weights 1, 2, 3, ... of a gradient's check: with equal ones a norm's gradient is 0, and any zero would pass. */
export const weights = (shape: readonly number[]): PlainTensor =>
  tensorOf(
    Array.from({ length: sizeOf(shape) }, (_, i) => ((i * 7) % 5) - 1.5),
    shape,
  );

/** Numbers from -size to size with two digits, so that a learner can read them. */
export const randomTensor = (random: Random, shape: readonly number[], size = 2): PlainTensor =>
  tensorOf(
    Array.from({ length: sizeOf(shape) }, () => Math.round((2 * random.next() - 1) * size * 100) / 100),
    shape,
  );
