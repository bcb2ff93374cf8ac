import { binary, reduce, reshape, unary, broadcast } from "../hlo";
import type { ReduceOp } from "../hlo";
import type { Value } from "../trace";
import { rule } from "./registry";

/** Softmax along an axis; the largest logit is taken away first, so exp cannot overflow. */
export function softmax(x: Value, axis: number): Value {
  const along = (op: ReduceOp, from: Value, init: number): Value => {
    const folded = reduce(op, from, [axis], init);
    const kept = from.shape.map((n, i) => (i === axis ? 1 : n));
    return broadcast(reshape(folded, kept), from.shape);
  };
  const powers = unary("exponential", binary("subtract", x, along("maximum", x, -Infinity)));
  return binary("divide", powers, along("add", powers, 0));
}

rule<{ logits: Value }, { dim: number }>("Softmax", ({ logits }, { dim }) =>
  softmax(logits, dim < 0 ? dim + logits.shape.length : dim),
);
