import { emit, emitMany } from "../trace";
import type { Shape, Value } from "../trace";
import { t, typeOf } from "./types";

/** Looking up at places, adding at places, the largest elements. */

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
