import * as hlo from "../hlo";
import type { ScatterAxes } from "../hlo";
import type { Value } from "../trace";
import { integers } from "./gather";
import { rule } from "./registry";

/**
 * Kernels that add or write at places. A place out of range is left out (eager TensorFlow throws on a CPU). Additions
 * to one place add up; of several writes one stays, and it is not given which, in eager TensorFlow neither.
 */

rule<{ indices: Value; updates: Value }, { shape: number[] }>(
  "ScatterNd",
  ({ indices, updates }, { shape }) => {
    const ids = integers(indices);
    return hlo.scatter(hlo.constant(0, shape, updates.type), ids, updates, rowAxes(ids, shape), "add");
  },
);

rule<{ tensor: Value; indices: Value; updates: Value }>(
  "TensorScatterUpdate",
  ({ tensor, indices, updates }) => {
    const ids = integers(indices);
    return hlo.scatter(tensor, ids, updates, rowAxes(ids, tensor.shape), "replace");
  },
);

rule<{ x: Value; segmentIds: Value }, { numSegments: number }>(
  "UnsortedSegmentSum",
  ({ x, segmentIds }, { numSegments }) => {
    const ids = integers(segmentIds);
    const window = x.shape.slice(ids.shape.length);
    const axes: ScatterAxes = {
      updateWindowDims: window.map((_, i) => ids.shape.length + i),
      insertedWindowDims: [0],
      scatterDimsToOperandDims: [0],
      indexVectorDim: ids.shape.length,
    };
    return hlo.scatter(hlo.constant(0, [numSegments, ...window], x.type), ids, x, axes, "add");
  },
);

rule<{ sparseIndices: Value; sparseValues: Value; defaultValue: Value }, { outputShape: number[] }>(
  "SparseToDense",
  ({ sparseIndices, sparseValues, defaultValue }, { outputShape }) => {
    const ids = integers(sparseIndices);
    // [N, rank], or [N] for a vector, or [] for one place of a vector
    const n = ids.shape[0] ?? 1;
    const places = hlo.reshape(ids, [n, outputShape.length]);
    const values = hlo.broadcast(sparseValues, [n]);
    const start = hlo.broadcast(defaultValue, outputShape);
    return hlo.scatter(start, places, values, rowAxes(places, outputShape), "replace");
  },
);

/** Counts each number below `size`, or adds its weight. */
rule<{ x: Value; weights: Value }, { size: number }>("Bincount", ({ x, weights }, { size }) => {
  const ids = hlo.reshape(integers(x), [hlo.sizeOf(x.shape), 1]);
  const none = hlo.sizeOf(weights.shape) === 0;
  const each = none ? hlo.constant(1, [ids.shape[0]!], weights.type) : hlo.reshape(weights, [ids.shape[0]!]);
  return hlo.scatter(hlo.constant(0, [size], weights.type), ids, each, rowAxes(ids, [size]), "add");
});

/** Indices [..., depth]: each row names a place in the first `depth` axes, and an update fills the axes after them. */
function rowAxes(ids: Value, shape: readonly number[]): ScatterAxes {
  const rows = ids.shape.length - 1;
  const depth = ids.shape[rows]!;
  const looked = Array.from({ length: depth }, (_, i) => i);
  return {
    updateWindowDims: shape.slice(depth).map((_, i) => rows + i),
    insertedWindowDims: looked,
    scatterDimsToOperandDims: looked,
    indexVectorDim: rows,
  };
}
