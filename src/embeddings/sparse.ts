/** A matrix of mostly zeros by rows (CSR): row i holds values[starts[i]] to values[starts[i + 1] - 1]. */
export interface SparseMatrix {
  readonly rows: number;
  readonly columns: number;
  /** [rows + 1] */
  readonly starts: Int32Array;
  /** The column of each value; rising inside a row. */
  readonly column: Int32Array;
  readonly values: Float64Array;
}

/** The value at (row, column), 0 where none is stored. */
export function sparseAt(matrix: SparseMatrix, row: number, column: number): number {
  let low = matrix.starts[row];
  let high = matrix.starts[row + 1] - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const found = matrix.column[middle];
    if (found === column) return matrix.values[middle];
    if (found < column) low = middle + 1;
    else high = middle - 1;
  }
  return 0;
}

/** M X for a dense X [columns, width], by rows; `transposed` gives M^T X for X [rows, width]. */
export function sparseTimes(
  matrix: SparseMatrix,
  dense: Float64Array,
  width: number,
  transposed = false,
): Float64Array {
  const out = new Float64Array((transposed ? matrix.columns : matrix.rows) * width);
  for (let i = 0; i < matrix.rows; i++) {
    for (let k = matrix.starts[i]; k < matrix.starts[i + 1]; k++) {
      const value = matrix.values[k];
      const from = (transposed ? i : matrix.column[k]) * width;
      const to = (transposed ? matrix.column[k] : i) * width;
      for (let d = 0; d < width; d++) out[to + d] += value * dense[from + d];
    }
  }
  return out;
}
