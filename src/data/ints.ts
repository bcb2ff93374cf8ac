import { tf } from "../engine";

/** Whole numbers with a shape, in row-major order: a tensor as plain data. */
export interface Ints {
  readonly data: Int32Array;
  readonly shape: readonly number[];
}

/** Rows of one length as [B, L]; shorter ones are filled up with `pad` at their end. */
export interface StackOptions {
  /** Default: the longest row. */
  readonly length?: number;
  readonly pad: number;
}

/**
 * Puts rows on top of each other.
 * @param rows each up to `length` long
 * @returns [B, length]
 * @throws RangeError where there are no rows, or one is too long
 */
export function stackRows(rows: readonly ArrayLike<number>[], { length, pad }: StackOptions): Ints {
  if (rows.length === 0) throw new RangeError("stackRows: a batch needs at least one row");
  const width = length ?? Math.max(...rows.map((row) => row.length));
  const data = new Int32Array(rows.length * width).fill(pad);
  rows.forEach((row, b) => {
    if (row.length > width)
      throw new RangeError(
        `stackRows: row ${b} holds ${row.length} numbers, more than the ${width} of a row`,
      );
    data.set(row, b * width);
  });
  return { data, shape: [rows.length, width] };
}

/** How the fields of examples become fields of a batch: what fills each up, and to which length; a number needs nothing. */
export type Pads<T> = { readonly [K in keyof T]: T[K] extends number ? "number" : StackOptions };

/**
 * A batch from examples: a row in each becomes [B, L], a number in each becomes [B].
 *
 * A program of `jit` is compiled for a shape, so give a field a `length` where examples differ in theirs.
 * @throws as `stackRows`, naming the field
 */
export function collate<T extends { readonly [K in keyof T]: ArrayLike<number> | number }>(
  examples: readonly T[],
  pads: Pads<T>,
): { [K in keyof T]: Ints } {
  const stack = (field: string, how: StackOptions | "number"): Ints => {
    const values = examples.map((example) => example[field as keyof T]);
    try {
      if (how === "number") return { data: Int32Array.from(values as number[]), shape: [values.length] };
      return stackRows(values as ArrayLike<number>[], how);
    } catch (error) {
      throw new RangeError(`collate: field "${field}": ${(error as Error).message}`);
    }
  };
  const fields = Object.entries(pads) as [string, StackOptions | "number"][];
  return Object.fromEntries(fields.map(([field, how]) => [field, stack(field, how)])) as {
    [K in keyof T]: Ints;
  };
}

/** An int32 tensor of a batch's field; the caller disposes it. */
export const intsTensor = ({ data, shape }: Ints): tf.Tensor => tf.tensor(data, [...shape], "int32");

/** A record of fields as int32 tensors, which the caller disposes. */
export function batchTensors<T extends { readonly [K in keyof T]: Ints }>(
  batch: T,
): { [K in keyof T]: tf.Tensor } {
  const entries = Object.entries(batch) as [string, Ints][];
  return Object.fromEntries(entries.map(([field, ints]) => [field, intsTensor(ints)])) as {
    [K in keyof T]: tf.Tensor;
  };
}
