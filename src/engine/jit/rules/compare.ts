import { binary, broadcast, compare, constant, select, unary } from "../hlo";
import type { Value } from "../trace";
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

// A condition of rank 1 may choose whole rows: it aligns at the first axis.
rule<{ condition: Value; t: Value; e: Value }>("Select", ({ condition, t, e }) =>
  select(broadcast(condition, t.shape), t, e),
);

/** Only NaN differs from itself. */
export const isNaN = (x: Value): Value => compare("NE", x, x);

const infinity = (x: Value): Value => constant(Infinity, x.shape, x.type);

rule<{ x: Value }>("IsNan", ({ x }) => isNaN(x));
rule<{ x: Value }>("IsInf", ({ x }) => compare("EQ", unary("abs", x), infinity(x)));
rule<{ x: Value }>("IsFinite", ({ x }) => compare("LT", unary("abs", x), infinity(x)));
