import { binary, compare, select, unary } from "../hlo";
import type { Value } from "../trace";
import { isNaN, like } from "./elementwise";
import { aligned, rule } from "./registry";

/** Questions about numbers, logic, and the choice between two tensors. */

const comparisons = {
  Equal: "EQ",
  Greater: "GT",
  GreaterEqual: "GE",
  Less: "LT",
  LessEqual: "LE",
  NotEqual: "NE",
} as const;

for (const [kernel, direction] of Object.entries(comparisons)) {
  rule<{ a: Value; b: Value }>(kernel, ({ a, b }) => compare(direction, ...aligned(a, b)));
}

rule<{ a: Value; b: Value }>("LogicalAnd", ({ a, b }) => binary("and", ...aligned(a, b)));
rule<{ a: Value; b: Value }>("LogicalOr", ({ a, b }) => binary("or", ...aligned(a, b)));
rule<{ x: Value }>("LogicalNot", ({ x }) => unary("not", x));

// tf.where has stretched all three to one shape.
rule<{ condition: Value; t: Value; e: Value }>("Select", ({ condition, t, e }) => select(condition, t, e));

rule<{ x: Value }>("IsNan", ({ x }) => isNaN(x));
rule<{ x: Value }>("IsInf", ({ x }) => compare("EQ", unary("abs", x), like(x, Infinity)));
rule<{ x: Value }>("IsFinite", ({ x }) => compare("LT", unary("abs", x), like(x, Infinity)));
