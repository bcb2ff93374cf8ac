import { binary, broadcast, unary } from "../hlo";
import type { ReduceOp } from "../hlo";
import type { Value } from "../trace";
import { fold } from "./reductions";
import { rule } from "./registry";

/** Softmax along an axis. The largest logit is taken away first, so exp cannot overflow. */
export function softmax(x: Value, axis: number): Value {
  const along = (op: ReduceOp, from: Value, init: number): Value =>
    broadcast(fold(op, from, [axis], true, init), from.shape);
  const powers = unary("exponential", binary("subtract", x, along("maximum", x, -Infinity)));
  return binary("divide", powers, along("add", powers, 0));
}

// tf.softmax takes the last axis only, and has made it positive.
rule<{ logits: Value }, { dim: number }>("Softmax", ({ logits }, { dim }) => softmax(logits, dim));
