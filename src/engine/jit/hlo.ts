import { emit, emitMany } from "./trace";
import type { ElementType, Shape, Value } from "./trace";

/**
 * One function for each StableHLO operation that the rules need. Each appends a line to the program being traced and
 * gives its value. Source: the StableHLO specification, https://openxla.org/stablehlo/spec.
 */

/** "tensor<2x3xf32>" */
export function typeOf(shape: Shape, type: ElementType): string {
  return `tensor<${shape.map((n) => `${n}x`).join("")}${type}>`;
}

const t = (x: Value): string => typeOf(x.shape, x.type);

export function same(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((n, i) => n === b[i]);
}

export function sizeOf(shape: Shape): number {
  return shape.reduce((product, n) => product * n, 1);
}

// --- making values ---

/** The same number everywhere. */
export function constant(value: number, shape: Shape = [], type: ElementType = "f32"): Value {
  return emit(`stablehlo.constant dense<${literal(value, type)}> : ${typeOf(shape, type)}`, shape, type);
}

/** Given numbers, in row-major order. */
export function constants(values: ArrayLike<number>, shape: Shape, type: ElementType): Value {
  if (sizeOf(shape) === 0) return constant(0, shape, type); // MLIR cannot read nested lists of nothing
  const list = (axis: number, from: number): string => {
    const n = shape[axis];
    if (n === undefined) return literal(values[from] as number, type);
    const step = sizeOf(shape.slice(axis + 1));
    return `[${Array.from({ length: n }, (_, i) => list(axis + 1, from + i * step)).join(", ")}]`;
  };
  return emit(`stablehlo.constant dense<${list(0, 0)}> : ${typeOf(shape, type)}`, shape, type);
}

/** A number as MLIR writes it. f32 gets 9 digits, which name each of its numbers, and bit patterns for the rest. */
export function literal(value: number, type: ElementType): string {
  if (type === "i1") return value ? "true" : "false";
  if (type === "f32" || type === "f64" || type === "bf16") {
    if (Number.isFinite(value) && (type === "f64" || Number.isFinite(Math.fround(value))))
      return shortest(value, type);
    const [nan, plus, minus] = {
      f32: ["0x7FC00000", "0x7F800000", "0xFF800000"],
      f64: ["0x7FF8000000000000", "0x7FF0000000000000", "0xFFF0000000000000"],
      bf16: ["0x7FC0", "0x7F80", "0xFF80"],
    }[type] as [string, string, string];
    return Number.isNaN(value) ? nan : value > 0 ? plus : minus;
  }
  return Number.isFinite(value) ? Math.trunc(value).toFixed(0) : "0";
}

/** The shorter of the plain and the exponent form, with the decimal point that MLIR demands. */
function shortest(value: number, type: ElementType): string {
  if (Object.is(value, -0)) return "-0.0";
  const digits = type === "f64" ? 17 : 9;
  const exact = (text: string): boolean =>
    type === "f64" ? Number(text) === value : Math.fround(Number(text)) === Math.fround(value);
  const size = Math.abs(value);
  for (let n = 1; n <= digits; n++) {
    const text = size === 0 || (size >= 1e-4 && size < 1e6) ? plain(value, n) : value.toExponential(n);
    if (exact(text)) return text;
  }
  return value.toExponential(digits);
}

const plain = (value: number, digits: number): string => {
  const text = Number(value.toPrecision(digits)).toString();
  return /[.]/.test(text) ? text : `${text}.0`;
};

/** 0, 1, 2 ... along an axis. */
export function iota(shape: Shape, axis: number, type: ElementType = "i32"): Value {
  return emit(`stablehlo.iota dim = ${axis} : ${typeOf(shape, type)}`, shape, type);
}

// --- element by element ---

export type UnaryOp =
  | "abs"
  | "cbrt"
  | "ceil"
  | "cosine"
  | "count_leading_zeros"
  | "exponential"
  | "exponential_minus_one"
  | "floor"
  | "log"
  | "log_plus_one"
  | "logistic"
  | "negate"
  | "not"
  | "round_nearest_even"
  | "rsqrt"
  | "sign"
  | "sine"
  | "sqrt"
  | "tan"
  | "tanh";

export function unary(op: UnaryOp, x: Value): Value {
  return emit(`stablehlo.${op} ${x.ref} : ${t(x)}`, x.shape, x.type);
}

/** From the CHLO dialect, which XLA expands to StableHLO. */
export type ChloOp =
  | "acos"
  | "acosh"
  | "asin"
  | "asinh"
  | "atan"
  | "atanh"
  | "cosh"
  | "digamma"
  | "erf"
  | "erfc"
  | "lgamma"
  | "sinh";

export function chlo(op: ChloOp, x: Value): Value {
  return emit(`chlo.${op} ${x.ref} : ${t(x)} -> ${t(x)}`, x.shape, x.type);
}

export type BinaryOp =
  | "add"
  | "and"
  | "atan2"
  | "divide"
  | "maximum"
  | "minimum"
  | "multiply"
  | "or"
  | "power"
  | "remainder"
  | "shift_left"
  | "shift_right_arithmetic"
  | "shift_right_logical"
  | "subtract"
  | "xor";

/** Both operands of the same shape and type: `broadcast` them before. */
export function binary(op: BinaryOp, a: Value, b: Value): Value {
  return emit(`stablehlo.${op} ${a.ref}, ${b.ref} : ${t(a)}`, a.shape, a.type);
}

export function compare(direction: "EQ" | "NE" | "LT" | "LE" | "GT" | "GE", a: Value, b: Value): Value {
  return emit(
    `stablehlo.compare ${direction}, ${a.ref}, ${b.ref} : (${t(a)}, ${t(b)}) -> ${typeOf(a.shape, "i1")}`,
    a.shape,
    "i1",
  );
}

/** `yes` where the condition holds, else `no`; all three of one shape. */
export function select(condition: Value, yes: Value, no: Value): Value {
  return emit(
    `stablehlo.select ${condition.ref}, ${yes.ref}, ${no.ref} : ${t(condition)}, ${t(yes)}`,
    yes.shape,
    yes.type,
  );
}

export function convert(x: Value, type: ElementType): Value {
  if (x.type === type) return x;
  return emit(`stablehlo.convert ${x.ref} : (${t(x)}) -> ${typeOf(x.shape, type)}`, x.shape, type);
}

/** The same bits as another type of the same width. */
export function bitcast(x: Value, type: ElementType): Value {
  return emit(`stablehlo.bitcast_convert ${x.ref} : (${t(x)}) -> ${typeOf(x.shape, type)}`, x.shape, type);
}

/** The same value, which XLA computes as it is written: no rewriting reaches across. */
export function barrier(x: Value): Value {
  return emit(`stablehlo.optimization_barrier ${x.ref} : ${t(x)}`, x.shape, x.type);
}

// --- shapes ---

export function reshape(x: Value, shape: Shape): Value {
  if (same(x.shape, shape)) return x;
  return emit(`stablehlo.reshape ${x.ref} : (${t(x)}) -> ${typeOf(shape, x.type)}`, shape, x.type);
}

export function transpose(x: Value, order: readonly number[]): Value {
  if (order.every((axis, i) => axis === i)) return x;
  const shape = order.map((axis) => x.shape[axis] as number);
  return emit(
    `stablehlo.transpose ${x.ref}, dims = [${order.join(", ")}] : (${t(x)}) -> ${typeOf(shape, x.type)}`,
    shape,
    x.type,
  );
}

/** Axis i of x becomes axis `axes[i]` of the result; the other axes repeat it. */
export function broadcastInDim(x: Value, shape: Shape, axes: readonly number[]): Value {
  return emit(
    `stablehlo.broadcast_in_dim ${x.ref}, dims = [${axes.join(", ")}] : (${t(x)}) -> ${typeOf(shape, x.type)}`,
    shape,
    x.type,
  );
}

/** Stretches x to a shape by the rules of numpy: axes align at the end, axes of 1 repeat. */
export function broadcast(x: Value, shape: Shape): Value {
  if (same(x.shape, shape)) return x;
  const extra = shape.length - x.shape.length;
  const axes = x.shape.flatMap((n, axis) => (n === 1 && shape[axis + extra] !== 1 ? [] : [axis]));
  const core = reshape(
    x,
    axes.map((axis) => x.shape[axis] as number),
  );
  return broadcastInDim(
    core,
    shape,
    axes.map((axis) => axis + extra),
  );
}

/** The shape that several shapes stretch to. @throws RangeError where an axis differs and is not 1. */
export function broadcastShape(...shapes: Shape[]): number[] {
  const rank = Math.max(...shapes.map((shape) => shape.length));
  return Array.from({ length: rank }, (_, axis) => {
    const sizes = shapes.map((shape) => shape[axis - rank + shape.length] ?? 1);
    const size = sizes.find((n) => n !== 1) ?? 1;
    if (sizes.every((n) => n === 1 || n === size)) return size;
    throw new RangeError(`shapes ${shapes.map((shape) => `[${shape.join(", ")}]`).join(" and ")} do not fit`);
  });
}

export function slice(
  x: Value,
  begin: readonly number[],
  end: readonly number[],
  strides?: readonly number[],
): Value {
  const shape = begin.map((from, i) => Math.ceil((end[i]! - from) / (strides?.[i] ?? 1)));
  if (same(shape, x.shape)) return x;
  const ranges = begin.map(
    (from, i) => `${from}:${end[i]}${(strides?.[i] ?? 1) === 1 ? "" : `:${strides![i]}`}`,
  );
  return emit(
    `stablehlo.slice ${x.ref} [${ranges.join(", ")}] : (${t(x)}) -> ${typeOf(shape, x.type)}`,
    shape,
    x.type,
  );
}

/** A window of `sizes` that begins at places known only when the program runs (i32 scalars, pulled into range). */
export function dynamicSlice(x: Value, starts: readonly Value[], sizes: readonly number[]): Value {
  const types = starts.map(t).join(", ");
  return emit(
    `stablehlo.dynamic_slice ${[x, ...starts].map((v) => v.ref).join(", ")}, sizes = [${sizes.join(", ")}] : ` +
      `(${t(x)}, ${types}) -> ${typeOf(sizes, x.type)}`,
    sizes,
    x.type,
  );
}

export function dynamicUpdateSlice(x: Value, update: Value, starts: readonly Value[]): Value {
  const operands = [x, update, ...starts];
  return emit(
    `stablehlo.dynamic_update_slice ${operands.map((v) => v.ref).join(", ")} : ` +
      `(${operands.map(t).join(", ")}) -> ${t(x)}`,
    x.shape,
    x.type,
  );
}

export function concatenate(xs: readonly Value[], axis: number): Value {
  const [first] = xs as [Value];
  if (xs.length === 1) return first;
  const shape = first.shape.map((n, i) => (i === axis ? xs.reduce((sum, x) => sum + x.shape[axis]!, 0) : n));
  return emit(
    `stablehlo.concatenate ${xs.map((x) => x.ref).join(", ")}, dim = ${axis} : ` +
      `(${xs.map(t).join(", ")}) -> ${typeOf(shape, first.type)}`,
    shape,
    first.type,
  );
}

/** Adds `low` and `high` elements of value `by` at the ends of each axis, and `interior` between any two. */
export function pad(
  x: Value,
  by: Value,
  low: readonly number[],
  high: readonly number[],
  interior: readonly number[] = low.map(() => 0),
): Value {
  const shape = x.shape.map((n, i) => n + low[i]! + high[i]! + Math.max(0, n - 1) * interior[i]!);
  return emit(
    `stablehlo.pad ${x.ref}, ${by.ref}, low = [${low.join(", ")}], high = [${high.join(", ")}], ` +
      `interior = [${interior.join(", ")}] : (${t(x)}, ${t(by)}) -> ${typeOf(shape, x.type)}`,
    shape,
    x.type,
  );
}

export function reverse(x: Value, axes: readonly number[]): Value {
  if (axes.length === 0) return x;
  return emit(`stablehlo.reverse ${x.ref}, dims = [${axes.join(", ")}] : ${t(x)}`, x.shape, x.type);
}

// --- sums and products ---

export type ReduceOp = "add" | "multiply" | "maximum" | "minimum" | "and" | "or";

/** Folds axes away, beginning with `init`. */
export function reduce(op: ReduceOp, x: Value, axes: readonly number[], init: number): Value {
  if (axes.length === 0) return x;
  const start = constant(init, [], x.type);
  const shape = x.shape.filter((_, axis) => !axes.includes(axis));
  return emit(
    `stablehlo.reduce(${x.ref} init: ${start.ref}) applies stablehlo.${op} across dimensions = ` +
      `[${axes.join(", ")}] : (${t(x)}, ${t(start)}) -> ${typeOf(shape, x.type)}`,
    shape,
    x.type,
  );
}

/** Axes of the two operands of a product, pair by pair. */
export interface DotAxes {
  readonly batch?: readonly (readonly [number, number])[];
  readonly contract: readonly (readonly [number, number])[];
}

/**
 * The product of two tensors: sums over contracted pairs of axes; result [batch..., rest of a..., rest of b...].
 * @param type of the sums and the result
 */
export function dot(a: Value, b: Value, { batch = [], contract }: DotAxes, type = a.type): Value {
  const rest = (x: Value, side: 0 | 1): number[] =>
    x.shape.filter((_, axis) => ![...batch, ...contract].some((pair) => pair[side] === axis));
  const shape = [...batch.map(([i]) => a.shape[i]!), ...rest(a, 0), ...rest(b, 1)];
  const axes = (pairs: DotAxes["contract"]): string =>
    `[${pairs.map(([i]) => i).join(", ")}] x [${pairs.map(([, j]) => j).join(", ")}]`;
  return emit(
    `stablehlo.dot_general ${a.ref}, ${b.ref}, ${batch.length ? `batching_dims = ${axes(batch)}, ` : ""}` +
      `contracting_dims = ${axes(contract)} : (${t(a)}, ${t(b)}) -> ${typeOf(shape, type)}`,
    shape,
    type,
  );
}

// --- looking up, adding at places, the largest ---

/** Attributes of `stablehlo.gather`, named as in its specification. */
export interface GatherAxes {
  readonly offsetDims: readonly number[];
  readonly collapsedSliceDims: readonly number[];
  /** Axes of x and of the indices that pair up: each example looks in its own part of x. */
  readonly operandBatchingDims?: readonly number[];
  readonly startIndicesBatchingDims?: readonly number[];
  readonly startIndexMap: readonly number[];
  readonly indexVectorDim: number;
  readonly sliceSizes: readonly number[];
}

export function gather(x: Value, indices: Value, shape: Shape, axes: GatherAxes): Value {
  const { operandBatchingDims = [], startIndicesBatchingDims = [] } = axes;
  const batching =
    operandBatchingDims.length === 0
      ? ""
      : `operand_batching_dims = [${operandBatchingDims.join(", ")}], ` +
        `start_indices_batching_dims = [${startIndicesBatchingDims.join(", ")}], `;
  return emit(
    `"stablehlo.gather"(${x.ref}, ${indices.ref}) <{dimension_numbers = #stablehlo.gather<` +
      `offset_dims = [${axes.offsetDims.join(", ")}], collapsed_slice_dims = [${axes.collapsedSliceDims.join(", ")}], ` +
      `${batching}start_index_map = [${axes.startIndexMap.join(", ")}], index_vector_dim = ${axes.indexVectorDim}>, ` +
      `indices_are_sorted = false, slice_sizes = array<i64: ${axes.sliceSizes.join(", ")}>}> : ` +
      `(${t(x)}, ${t(indices)}) -> ${typeOf(shape, x.type)}`,
    shape,
    x.type,
  );
}

/** Attributes of `stablehlo.scatter`, named as in its specification. */
export interface ScatterAxes {
  readonly updateWindowDims: readonly number[];
  readonly insertedWindowDims: readonly number[];
  readonly scatterDimsToOperandDims: readonly number[];
  readonly indexVectorDim: number;
}

/** Updates of x at places: `combine` "add" sums them, "replace" overwrites. Places out of range are left out. */
export function scatter(
  x: Value,
  indices: Value,
  updates: Value,
  axes: ScatterAxes,
  combine: "add" | "replace" | "maximum" | "minimum" | "multiply",
): Value {
  const one = typeOf([], x.type);
  const body =
    combine === "replace"
      ? `      stablehlo.return %new : ${one}`
      : `      %both = stablehlo.${combine} %old, %new : ${one}\n      stablehlo.return %both : ${one}`;
  return emit(
    `"stablehlo.scatter"(${x.ref}, ${indices.ref}, ${updates.ref}) <{indices_are_sorted = false, ` +
      `scatter_dimension_numbers = #stablehlo.scatter<update_window_dims = [${axes.updateWindowDims.join(", ")}], ` +
      `inserted_window_dims = [${axes.insertedWindowDims.join(", ")}], ` +
      `scatter_dims_to_operand_dims = [${axes.scatterDimsToOperandDims.join(", ")}], ` +
      `index_vector_dim = ${axes.indexVectorDim}>, unique_indices = false}> ({\n` +
      `    ^bb0(%old: ${one}, %new: ${one}):\n${body}\n    }) : ` +
      `(${t(x)}, ${t(indices)}, ${t(updates)}) -> ${t(x)}`,
    x.shape,
    x.type,
  );
}

/** The k largest along the last axis, in falling order, and their places (i32). Of equals the first comes first. */
export function topK(x: Value, k: number): [Value, Value] {
  const shape = [...x.shape.slice(0, -1), k];
  return emitMany(
    `chlo.top_k(${x.ref}, k = ${k}) : ${t(x)} -> (${typeOf(shape, x.type)}, ${typeOf(shape, "i32")})`,
    [
      { shape, type: x.type },
      { shape, type: "i32" },
    ],
  ) as [Value, Value];
}
