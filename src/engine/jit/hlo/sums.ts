import { emit } from "../trace";
import type { Value } from "../trace";
import { constant } from "./constants";
import { t, typeOf } from "./types";

/** Reductions and products. */

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
