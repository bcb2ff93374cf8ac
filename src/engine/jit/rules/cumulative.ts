import { constant, pad } from "../hlo";
import { reduceWindow } from "../hlo";
import type { Value } from "../trace";
import { rule } from "./registry";

interface CumulativeAttrs {
  readonly axis: number;
  /** The element itself is not counted in. */
  readonly exclusive: boolean;
  /** From the end to the beginning. */
  readonly reverse: boolean;
}

/**
 * Sums or products of all elements so far: a window as long as the axis, which begins as far before it. XLA knows
 * this form and works it out in blocks, not window by window.
 */
function cumulative(op: "add" | "multiply", x: Value, attrs: CumulativeAttrs): Value {
  const { exclusive, reverse } = attrs;
  const axis = attrs.axis < 0 ? attrs.axis + x.shape.length : attrs.axis;
  const init = op === "add" ? 0 : 1;
  const n = x.shape[axis]!;
  if (n === 0) return x;
  const only = (value: number, others: number): number[] =>
    x.shape.map((_, i) => (i === axis ? value : others));
  const none = only(0, 0);
  const [in1, out1] = [only(1, 0), only(-1, 0)];
  const start = (): Value => constant(init, [], x.type);
  const moved = !exclusive ? x : reverse ? pad(x, start(), out1, in1) : pad(x, start(), in1, out1);
  const before = only(n - 1, 0);
  return reduceWindow(op, moved, init, {
    sizes: only(n, 1),
    strides: only(1, 1),
    low: reverse ? none : before,
    high: reverse ? before : none,
  });
}

rule<{ x: Value }, CumulativeAttrs>("Cumsum", ({ x }, attrs) => cumulative("add", x, attrs));
rule<{ x: Value }, CumulativeAttrs>("Cumprod", ({ x }, attrs) => cumulative("multiply", x, attrs));
