import { normal } from "../engine";
import type { Rng } from "../engine";
import { symmetricEigen } from "./eigen";
import { sparseTimes, type SparseMatrix } from "./sparse";

export interface TruncatedSvd {
  /** How many singular values. */
  readonly rank: number;
  /** [rank], largest first. */
  readonly singular: Float64Array;
  /** Left singular vectors, [rows, rank] by rows. */
  readonly left: Float64Array;
}

export interface SvdOptions {
  /** Power iterations: each makes the small singular values matter less. Default 4. */
  readonly iterations?: number;
  /** Extra directions that catch what the first ones miss. Default 10. */
  readonly oversampling?: number;
}

/**
 * The largest singular values of a sparse matrix and their left vectors, by random projection: multiply by a few random
 * directions, make the result orthogonal, repeat, and solve the small problem that is left.
 *
 * Halko, Martinsson, Tropp (2011), "Finding structure with randomness", algorithms 4.4 and 5.1.
 *
 * @throws RangeError where rank is not from 1 to the smaller side of the matrix
 */
export function truncatedSvd(
  matrix: SparseMatrix,
  rank: number,
  rng: Rng,
  options: SvdOptions = {},
): TruncatedSvd {
  const { iterations = 4, oversampling = 10 } = options;
  const smaller = Math.min(matrix.rows, matrix.columns);
  if (!Number.isInteger(rank) || rank < 1 || rank > smaller)
    throw new RangeError(`rank must be a whole number from 1 to ${smaller}, got ${rank}`);
  const width = Math.min(smaller, rank + oversampling);
  const random = Float64Array.from({ length: matrix.columns * width }, () => normal(rng)); // [columns, width]
  let basis = orthogonal(sparseTimes(matrix, random, width), matrix.rows, width); // [rows, width]
  for (let i = 0; i < iterations; i++) {
    const back = orthogonal(sparseTimes(matrix, basis, width, true), matrix.columns, width);
    basis = orthogonal(sparseTimes(matrix, back, width), matrix.rows, width);
  }
  const projected = sparseTimes(matrix, basis, width, true); // (Q^T M)^T: [columns, width]
  const { values, vectors } = symmetricEigen(gram(projected, matrix.columns, width), width);
  const singular = Float64Array.from({ length: rank }, (_, k) => Math.sqrt(Math.max(0, values[k])));
  const left = new Float64Array(matrix.rows * rank);
  for (let i = 0; i < matrix.rows; i++)
    for (let k = 0; k < rank; k++) {
      let sum = 0;
      for (let j = 0; j < width; j++) sum += basis[i * width + j] * vectors[k * width + j];
      left[i * rank + k] = sum;
    }
  return { rank, singular, left };
}

/** X^T X of X [rows, width]. */
function gram(x: Float64Array, rows: number, width: number): Float64Array {
  const out = new Float64Array(width * width);
  for (let r = 0; r < rows; r++)
    for (let i = 0; i < width; i++) {
      const value = x[r * width + i];
      if (value !== 0) for (let j = 0; j < width; j++) out[i * width + j] += value * x[r * width + j];
    }
  return out;
}

/**
 * An orthonormal basis of the columns of X [rows, width], by Gram and Schmidt done twice ("twice is enough", Kahan and
 * Parlett). A column that depends on those before becomes 0.
 */
function orthogonal(x: Float64Array, rows: number, width: number): Float64Array {
  const columns = Array.from({ length: width }, (_, c) =>
    Float64Array.from({ length: rows }, (_, r) => x[r * width + c]),
  );
  columns.forEach((column, c) => {
    const before = Math.sqrt(inner(column, column));
    for (let pass = 0; pass < 2; pass++)
      for (let k = 0; k < c; k++) {
        const share = inner(columns[k], column);
        for (let r = 0; r < rows; r++) column[r] -= share * columns[k][r];
      }
    const length = Math.sqrt(inner(column, column));
    const scale = length > 1e-10 * before ? 1 / length : 0;
    for (let r = 0; r < rows; r++) column[r] *= scale;
  });
  const out = new Float64Array(rows * width);
  columns.forEach((column, c) => column.forEach((value, r) => (out[r * width + c] = value)));
  return out;
}

function inner(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}
