import { emit } from "../trace";
import type { Shape, Value } from "../trace";
import { same, t, typeOf } from "./types";

/** Operations that move elements and compute nothing. */

export function reshape(x: Value, shape: Shape): Value {
  if (same(x.shape, shape)) return x;
  return emit(`stablehlo.reshape ${x.ref} : (${t(x)}) -> ${typeOf(shape, x.type)}`, shape, x.type);
}

export function transpose(x: Value, order: readonly number[]): Value {
  if (order.every((axis, i) => axis === i)) return x;
  const shape = order.map((axis) => x.shape[axis] as number);
  const moved = emit(
    `stablehlo.transpose ${x.ref}, dims = [${order.join(", ")}] : (${t(x)}) -> ${typeOf(shape, x.type)}`,
    shape,
    x.type,
  );
  return { ...moved, turned: true };
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
