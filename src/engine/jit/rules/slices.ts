import { tf } from "../../tf";
import * as hlo from "../hlo";
import type { Value } from "../trace";
import { rule } from "./registry";
import { between } from "./shapes";

/** Kernels that take tensors apart and put them together. */

rule<{ x: Value }, { begin: number | number[]; size: number | number[] }>("Slice", ({ x }, attrs) => {
  const [begin, size] = tf.slice_util.parseSliceParams(infoLike(x), attrs.begin, attrs.size) as [
    number[],
    number[],
  ];
  return hlo.slice(
    x,
    begin,
    begin.map((from, i) => from + size[i]!),
  );
});

interface StridedAttrs {
  readonly begin: number[];
  readonly end: number[];
  readonly strides: number[];
  readonly beginMask: number;
  readonly endMask: number;
  readonly ellipsisMask: number;
  readonly newAxisMask: number;
  readonly shrinkAxisMask: number;
}

rule<{ x: Value }, StridedAttrs>("StridedSlice", ({ x }, attrs) => {
  const plan = tf.slice_util.sliceInfo(
    x.shape.slice(),
    attrs.begin.slice(),
    attrs.end.slice(),
    attrs.strides,
    attrs.beginMask,
    attrs.endMask,
    attrs.ellipsisMask,
    attrs.newAxisMask,
    attrs.shrinkAxisMask,
  );
  const counts = plan.begin.map((from, i) =>
    Math.max(0, Math.ceil((plan.end[i]! - from) / plan.strides[i]!)),
  );
  if (hlo.sizeOf(counts) === 0) return hlo.constant(0, plan.finalShape, x.type);
  // StableHLO strides go forward only: a backward one is a forward one on the reversed axis.
  const back = plan.strides.flatMap((stride, axis) => (stride < 0 ? [axis] : []));
  const begin = plan.begin.map((from, i) => (plan.strides[i]! < 0 ? x.shape[i]! - 1 - from : from));
  const strides = plan.strides.map(Math.abs);
  const end = begin.map((from, i) => from + (counts[i]! - 1) * strides[i]! + 1);
  return hlo.reshape(hlo.slice(hlo.reverse(x, back), begin, end, strides), plan.finalShape);
});

interface SplitAttrs {
  readonly numOrSizeSplits: number | number[];
  readonly axis: number;
}

rule<{ x: Value }, SplitAttrs>("SplitV", ({ x }, { numOrSizeSplits, axis }) => {
  const [at] = tf.util.parseAxisParam(axis, x.shape.slice()) as [number];
  const wanted = typeof numOrSizeSplits === "number" ? numOrSizeSplits : numOrSizeSplits.slice();
  let from = 0;
  return tf.backend_util
    .prepareSplitSize(infoLike(x), wanted, at)
    .map((size) => between(x, at, from, (from += size)));
});

rule<{ value: Value }, { axis: number }>("Unpack", ({ value: x }, { axis }) => {
  const [at] = tf.util.parseAxisParam(axis, x.shape.slice()) as [number];
  const shape = x.shape.filter((_, i) => i !== at);
  return Array.from({ length: x.shape[at]! }, (_, i) => hlo.reshape(between(x, at, i, i + 1), shape));
});

rule<Record<string, Value>, { axis: number }>("Concat", (list, { axis }) => {
  const xs = Object.values(list);
  const [at] = tf.util.parseAxisParam(axis, xs[0]!.shape.slice()) as [number];
  return hlo.concatenate(xs, at);
});

rule<Record<string, Value>, { axis: number }>("Pack", (list, { axis }) => {
  const xs = Object.values(list);
  const { shape } = xs[0]!;
  const at = axis < 0 ? axis + shape.length + 1 : axis;
  const thick = [...shape.slice(0, at), 1, ...shape.slice(at)];
  return hlo.concatenate(
    xs.map((x) => hlo.reshape(x, thick)),
    at,
  );
});

/** tfjs' helpers ask for a tensor and look at its shape only. */
function infoLike(x: Value): tf.TensorInfo & tf.Tensor {
  return { shape: x.shape.slice(), rank: x.shape.length } as unknown as tf.TensorInfo & tf.Tensor;
}
