import { tf } from "../../tf";
import * as hlo from "../hlo";
import type { Value } from "../trace";
import { elementType, rule } from "./registry";

/**
 * Kernels that look elements up by index. An index out of range is well defined here: StableHLO pulls it into the
 * range (eager TensorFlow throws on a CPU, and gives zeros on a GPU), and OneHot gives a row without a one, as eager.
 */

rule<{ x: Value; indices: Value }, { axis: number; batchDims: number }>(
  "GatherV2",
  ({ x, indices }, attrs) => {
    const [axis] = tf.util.parseAxisParam(attrs.axis, x.shape.slice()) as [number];
    const ids = integers(indices);
    const rank = ids.shape.length;
    const batch = attrs.batchDims < 0 ? attrs.batchDims + rank : attrs.batchDims;
    const before = x.shape.slice(0, axis);
    const after = x.shape.slice(axis + 1);
    const found = ids.shape.slice(batch);
    const paired = Array.from({ length: batch }, (_, i) => i);
    return hlo.gather(x, ids, [...before, ...found, ...after], {
      // The result's axes that come from x: those before `axis` which are not paired, and those after it.
      offsetDims: [
        ...before.slice(batch).map((_, i) => batch + i),
        ...after.map((_, i) => axis + found.length + i),
      ],
      collapsedSliceDims: [axis],
      operandBatchingDims: paired,
      startIndicesBatchingDims: paired,
      startIndexMap: [axis],
      indexVectorDim: rank,
      sliceSizes: x.shape.map((n, i) => (i < batch || i === axis ? 1 : n)),
    });
  },
);

rule<{ params: Value; indices: Value }>("GatherNd", ({ params: x, indices }) => {
  const ids = integers(indices);
  const depth = ids.shape[ids.shape.length - 1]!; // each row names a place by `depth` numbers
  const places = ids.shape.slice(0, -1);
  const window = x.shape.slice(depth);
  const looked = Array.from({ length: depth }, (_, i) => i);
  return hlo.gather(x, ids, [...places, ...window], {
    offsetDims: window.map((_, i) => places.length + i),
    collapsedSliceDims: looked,
    startIndexMap: looked,
    indexVectorDim: places.length,
    sliceSizes: [...looked.map(() => 1), ...window],
  });
});

interface OneHotAttrs {
  readonly depth: number;
  readonly onValue: number;
  readonly offValue: number;
  readonly dtype: string;
}

rule<{ indices: Value }, OneHotAttrs>("OneHot", ({ indices }, { depth, onValue, offValue, dtype }) => {
  const type = elementType[dtype]!;
  const hot = oneHot(indices, depth);
  return hlo.select(hot, hlo.constant(onValue, hot.shape, type), hlo.constant(offValue, hot.shape, type));
});

/** i1 [..., depth]: true at the index. */
export function oneHot(indices: Value, depth: number): Value {
  const ids = integers(indices);
  const shape = [...ids.shape, depth];
  const wide = hlo.broadcastInDim(
    ids,
    shape,
    ids.shape.map((_, i) => i),
  );
  return hlo.compare("EQ", wide, hlo.iota(shape, ids.shape.length));
}

/** tfjs lets indices be float32 in places. */
export function integers(indices: Value): Value {
  return hlo.convert(indices, "i32");
}
