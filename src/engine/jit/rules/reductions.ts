import { tf } from "../../tf";
import { binary, convert, reduce, reshape, sizeOf } from "../hlo";
import type { ReduceOp } from "../hlo";
import type { Value } from "../trace";
import { like } from "./elementwise";
import { rule } from "./registry";

/** Kernels that fold axes away. */

type Axes = number | number[] | null | undefined;

/** Folds axes; all of them where `axis` is undefined or null. Kept axes have length 1. */
export function fold(op: ReduceOp, x: Value, axis: Axes, keepDims: boolean, init: number): Value {
  const axes = tf.util.parseAxisParam(axis as number[], x.shape.slice());
  const folded = reduce(op, x, axes, init);
  return keepDims
    ? reshape(
        folded,
        x.shape.map((n, i) => (axes.includes(i) ? 1 : n)),
      )
    : folded;
}

interface FoldAttrs {
  readonly axis: Axes;
  readonly keepDims: boolean;
}

const countable = (x: Value): Value => (x.type === "i1" ? convert(x, "i32") : x);

rule<{ x: Value }, FoldAttrs>("Sum", ({ x }, { axis, keepDims }) =>
  fold("add", countable(x), axis, keepDims, 0),
);
rule<{ x: Value }, FoldAttrs>("Prod", ({ x }, { axis, keepDims }) =>
  fold("multiply", countable(x), axis, keepDims, 1),
);
rule<{ x: Value }, FoldAttrs>("All", ({ x }, { axis, keepDims }) => fold("and", x, axis, keepDims, 1));
rule<{ x: Value }, FoldAttrs>("Any", ({ x }, { axis, keepDims }) => fold("or", x, axis, keepDims, 0));

rule<{ x: Value }, FoldAttrs>("Mean", ({ x }, { axis, keepDims }) => {
  const sum = fold("add", convert(x, "f32"), axis, keepDims, 0);
  const axes = tf.util.parseAxisParam(axis as number[], x.shape.slice());
  const count = axes.reduce((n, i) => n * x.shape[i]!, 1);
  return binary("divide", sum, like(sum, count));
});
void sizeOf;

const lowest = { f32: -Infinity, i32: -(2 ** 31) };
const highest = { f32: Infinity, i32: 2 ** 31 - 1 };

interface ExtremeAttrs {
  readonly reductionIndices: Axes;
  readonly keepDims: boolean;
}

rule<{ x: Value }, ExtremeAttrs>("Max", ({ x }, { reductionIndices, keepDims }) =>
  fold("maximum", x, reductionIndices, keepDims, lowest[x.type as "f32" | "i32"]),
);
rule<{ x: Value }, { axis: Axes; keepDims: boolean }>("Min", ({ x }, { axis, keepDims }) =>
  fold("minimum", x, axis, keepDims, highest[x.type as "f32" | "i32"]),
);
