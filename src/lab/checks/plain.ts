/**
 * Tensors and functions as plain data. A check and a learner's function may live in different processes: what they
 * hand each other is numbers with a shape, and the name of a known function, never the thing itself.
 */

export type TensorType = "float32" | "int32" | "bool";

/** A tensor: its values in row-major order. */
export class PlainTensor {
  constructor(
    readonly dtype: TensorType,
    readonly shape: readonly number[],
    readonly values: readonly number[],
  ) {}
}

/** Nested arrays of numbers, as one writes a tensor by hand. */
export type Nested = number | readonly Nested[];

/** A float32 tensor from nested arrays: `tensor([[1, 2], [3, 4]])` is [2, 2]. Values are rounded to float32. */
export function tensor(nested: Nested): PlainTensor {
  const shape: number[] = [];
  for (let at = nested; typeof at !== "number"; at = at[0] ?? 0) shape.push(at.length);
  return tensorOf(flat(nested), shape);
}

const flat = (nested: Nested): number[] => (typeof nested === "number" ? [nested] : nested.flatMap(flat));

/** A float32 tensor from its values in row-major order. */
export function tensorOf(values: readonly number[], shape: readonly number[]): PlainTensor {
  if (sizeOf(shape) !== values.length)
    throw new RangeError(`${values.length} values do not fill the shape [${shape.join(", ")}]`);
  return new PlainTensor("float32", shape, values.map(Math.fround));
}

export const sizeOf = (shape: readonly number[]): number => shape.reduce((product, n) => product * n, 1);

/** The rows along the last axis. A tensor without axes is one row of one number. */
export function rowsOf({ shape, values }: PlainTensor): number[][] {
  const length = shape.at(-1) ?? 1;
  const count = sizeOf(shape.slice(0, -1));
  return Array.from({ length: count }, (_, i) => values.slice(i * length, (i + 1) * length));
}

/** Replaces each row along the last axis; a row that becomes one number leaves an axis of size 1, or none. */
export function mapRows(x: PlainTensor, change: (row: number[]) => number[]): PlainTensor {
  return tensorOf(rowsOf(x).flatMap(change), x.shape);
}

/** A tensor as nested text, "[[1, 2], [3, 4]]", with six digits a number. Stops after about `width` characters. */
export function tensorText({ dtype, shape, values }: PlainTensor, width: number): string {
  let at = 0;
  let length = 0;
  const number = (value: number): string => {
    const text = dtype === "bool" ? String(value !== 0) : String(Number(value.toPrecision(6)));
    length += text.length + 2;
    return text;
  };
  const list = (axis: number): string => {
    if (axis === shape.length) return number(values[at++] ?? NaN);
    let out = "";
    for (let i = 0; i < shape[axis]! && length <= width; i++) out += (i > 0 ? ", " : "") + list(axis + 1);
    return `[${out}]`;
  };
  const type = dtype === "float32" ? "" : ` ${dtype}`;
  return `tensor [${shape.join(", ")}]${type} ${list(0)}`;
}

/** A function of a vector, by its name in `formulas.ts`, and the points at which it was called. */
export class Formula {
  constructor(
    readonly name: string,
    readonly parameters: readonly (readonly number[])[],
    readonly points: readonly (readonly number[])[] = [],
  ) {}
}
