import { symmetricEigen } from "./eigen";

export interface Pca {
  /** [rows, size], by rows: the coordinates along the directions of largest spread. */
  readonly points: Float64Array;
  readonly size: number;
  /** Share of the variance that each direction holds. */
  readonly explained: Float64Array;
}

/**
 * Principal components: turns a cloud of points so that the first axes hold as much of its spread as they can. It is a
 * shadow of the cloud: two points that are near in it may be far apart in truth.
 *
 * Pearson (1901); by the eigenvectors of the covariance. The sign of an axis is chosen so that its largest part is positive.
 *
 * @param values [rows, width], by rows
 * @throws RangeError where the numbers do not fill whole rows, or size is not from 1 to width
 */
export function pca(values: ArrayLike<number>, width: number, size: number): Pca {
  const rows = values.length / width;
  if (!Number.isInteger(rows) || rows < 1)
    throw new RangeError(`${values.length} numbers are no rows of ${width}`);
  if (!Number.isInteger(size) || size < 1 || size > width)
    throw new RangeError(`size must be a whole number from 1 to ${width}, got ${size}`);
  const mean = new Float64Array(width);
  for (let r = 0; r < rows; r++) for (let d = 0; d < width; d++) mean[d] += values[r * width + d] / rows;
  const centred = Float64Array.from(values, (value, i) => value - mean[i % width]); // [rows, width]
  const covariance = new Float64Array(width * width);
  for (let r = 0; r < rows; r++)
    for (let i = 0; i < width; i++)
      for (let j = 0; j < width; j++)
        covariance[i * width + j] += (centred[r * width + i] * centred[r * width + j]) / rows;
  const { values: variance, vectors } = symmetricEigen(covariance, width);
  const total = variance.reduce((a, b) => a + Math.max(0, b), 0);
  const points = new Float64Array(rows * size);
  for (let r = 0; r < rows; r++)
    for (let k = 0; k < size; k++)
      for (let d = 0; d < width; d++) points[r * size + k] += centred[r * width + d] * vectors[k * width + d];
  return {
    points,
    size,
    explained: Float64Array.from({ length: size }, (_, k) =>
      total > 0 ? Math.max(0, variance[k]) / total : 0,
    ),
  };
}
