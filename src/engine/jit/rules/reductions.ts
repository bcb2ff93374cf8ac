import { tf } from "../../tf";
import { convert, reduce, reshape } from "../hlo";
import type { ReduceOp } from "../hlo";
import type { Value } from "../trace";
import { rule } from "./registry";

/** Folds axes; all of them where `axis` is undefined or null. Kept axes have length 1. */
export function fold(
  op: ReduceOp,
  x: Value,
  axis: number | number[] | undefined,
  keepDims: boolean,
  init: number,
) {
  const axes = tf.util.parseAxisParam(axis as number[], x.shape.slice());
  const folded = reduce(op, x, axes, init);
  return keepDims
    ? reshape(
        folded,
        x.shape.map((n, i) => (axes.includes(i) ? 1 : n)),
      )
    : folded;
}

rule<{ x: Value }, { axis: number[]; keepDims: boolean }>("Sum", ({ x }, { axis, keepDims }) =>
  fold("add", x.type === "i1" ? convert(x, "i32") : x, axis, keepDims, 0),
);
