import { tf } from "../../tf";
import { binary, broadcast, compare, convert, iota, reduce, reshape, select } from "../hlo";
import type { ReduceOp } from "../hlo";
import type { Value } from "../trace";
import { asNumber, isNaN, like } from "./elementwise";
import { rule } from "./registry";

/** Kernels that fold axes away. */

type Axes = number | number[] | null | undefined;

/** The axes that tfjs means: all of them where none is named; negative ones count from the end. */
const named = (axes: Axes, x: Value): number[] => tf.util.parseAxisParam(axes as number[], x.shape.slice());

/** Folds axes. Kept ones have length 1. */
export function fold(
  op: ReduceOp,
  x: Value,
  axes: readonly number[],
  keepDims: boolean,
  init: number,
): Value {
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

const folds = { Sum: ["add", 0], Prod: ["multiply", 1], All: ["and", 1], Any: ["or", 0] } as const;

for (const [kernel, [op, init]] of Object.entries(folds)) {
  rule<{ x: Value }, FoldAttrs>(kernel, ({ x }, { axis, keepDims }) =>
    fold(op, kernel === "Sum" || kernel === "Prod" ? asNumber(x) : x, named(axis, x), keepDims, init),
  );
}

rule<{ x: Value }, FoldAttrs>("Mean", ({ x }, { axis, keepDims }) => {
  const axes = named(axis, x);
  const sum = fold("add", convert(x, "f32"), axes, keepDims, 0);
  return binary(
    "divide",
    sum,
    like(
      sum,
      axes.reduce((count, i) => count * x.shape[i]!, 1),
    ),
  );
});

/** What max and min begin with. */
const ends = {
  maximum: (x: Value): number => (x.type === "f32" ? -Infinity : -(2 ** 31)),
  minimum: (x: Value): number => (x.type === "f32" ? Infinity : 2 ** 31 - 1),
};

/** The largest or smallest; NaN where there is one. XLA's own reduction skips NaN on some processors. */
function extreme(op: "maximum" | "minimum", x: Value, axes: readonly number[], keepDims: boolean): Value {
  const found = fold(op, x, axes, keepDims, ends[op](x));
  return x.type === "f32" ? select(fold("or", isNaN(x), axes, keepDims, 0), like(found, NaN), found) : found;
}

rule<{ x: Value }, { reductionIndices: Axes; keepDims: boolean }>("Max", ({ x }, attrs) =>
  extreme("maximum", x, named(attrs.reductionIndices, x), attrs.keepDims),
);
rule<{ x: Value }, FoldAttrs>("Min", ({ x }, { axis, keepDims }) =>
  extreme("minimum", x, named(axis, x), keepDims),
);

/** Where the largest or smallest stands, the first of equals; NaN is never it. */
function place(op: "maximum" | "minimum", given: Value, axis: number): Value {
  const numbers = asNumber(given);
  const end = like(numbers, ends[op](numbers));
  const x = numbers.type === "f32" ? select(isNaN(numbers), end, numbers) : numbers;
  const best = broadcast(fold(op, x, [axis], true, ends[op](x)), x.shape);
  const places = iota(x.shape, axis);
  const candidates = select(compare("EQ", x, best), places, like(places, 2 ** 31 - 1));
  return reduce("minimum", candidates, [axis], 2 ** 31 - 1);
}

rule<{ x: Value }, { axis: number }>("ArgMax", ({ x }, { axis }) => place("maximum", x, named(axis, x)[0]!));
rule<{ x: Value }, { axis: number }>("ArgMin", ({ x }, { axis }) => place("minimum", x, named(axis, x)[0]!));
