import { PlainTensor, sizeOf, tensorOf } from "../plain";
import type { Random } from "../random";

/** The last two axes of a tensor: a list of matrices, each rows of numbers. */
export type Matrix = readonly (readonly number[])[];

export function matricesOf({ shape, values }: PlainTensor): Matrix[] {
  const [rows = 1, columns = 1] = shape.slice(-2);
  const count = sizeOf(shape.slice(0, -2));
  return Array.from({ length: count }, (_, m) =>
    Array.from({ length: rows }, (_, r) => {
      const start = (m * rows + r) * columns;
      return values.slice(start, start + columns);
    }),
  );
}

/** Matrices back into a tensor with these axes before them. */
export function fromMatrices(matrices: readonly Matrix[], before: readonly number[]): PlainTensor {
  const [first = []] = matrices;
  return tensorOf(matrices.flat(2), [...before, first.length, first[0]?.length ?? 0]);
}

export const dot = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, value, i) => sum + value * b[i]!, 0);

export const transposed = (m: Matrix): number[][] => (m[0] ?? []).map((_, c) => m.map((row) => row[c]!));

export function product(a: Matrix, b: Matrix): number[][] {
  const columns = transposed(b);
  return a.map((row) => columns.map((column) => dot(row, column)));
}

/** A matrix of yes and no as a bool tensor. */
export function boolTensor(rows: readonly (readonly boolean[])[]): PlainTensor {
  return new PlainTensor("bool", [rows.length, rows[0]?.length ?? 0], rows.flat().map(Number));
}

/** [T, S] by a rule for each row and column. */
export const maskOf = (
  time: number,
  places: number,
  allowed: (i: number, j: number) => boolean,
): PlainTensor =>
  boolTensor(Array.from({ length: time }, (_, i) => Array.from({ length: places }, (_, j) => allowed(i, j))));

/** Numbers from -size to size with two digits, so that a learner can read them. */
export function randomTensor(random: Random, shape: readonly number[], size = 2): PlainTensor {
  const values = Array.from(
    { length: sizeOf(shape) },
    () => Math.round((2 * random.next() - 1) * size * 100) / 100,
  );
  return tensorOf(values, shape);
}

/** 0, 1, 2, ... in a shape: each number tells where it came from. */
export const counting = (shape: readonly number[]): PlainTensor =>
  tensorOf(
    Array.from({ length: sizeOf(shape) }, (_, i) => i),
    shape,
  );

/** Moves whole axes: axis i of the result is axis order[i] of x. */
export function permuted(x: PlainTensor, order: readonly number[]): PlainTensor {
  const strides = x.shape.map((_, axis) => sizeOf(x.shape.slice(axis + 1)));
  const shape = order.map((axis) => x.shape[axis]!);
  const values: number[] = [];
  const visit = (axis: number, at: number): void => {
    if (axis === shape.length) return void values.push(x.values[at]!);
    for (let i = 0; i < shape[axis]!; i++) visit(axis + 1, at + i * strides[order[axis]!]!);
  };
  visit(0, 0);
  return tensorOf(values, shape);
}

export const reshaped = (x: PlainTensor, shape: readonly number[]): PlainTensor => tensorOf(x.values, shape);
