import { binary, chlo, compare, constant, convert, select, unary } from "../hlo";
import type { BinaryOp, ChloOp, UnaryOp } from "../hlo";
import type { Value } from "../trace";
import { aligned, elementType, rule } from "./registry";

/** Arithmetic and functions of numbers, each element alone. Activations are in activations.ts. */

/** The same number at each place of x. */
export const like = (x: Value, value: number): Value => constant(value, x.shape, x.type);

const binaries: Readonly<Record<string, BinaryOp>> = {
  Add: "add",
  Atan2: "atan2",
  Maximum: "maximum",
  Minimum: "minimum",
  Multiply: "multiply",
  Pow: "power",
  RealDiv: "divide",
  Sub: "subtract",
};

for (const [kernel, op] of Object.entries(binaries)) {
  rule<{ a: Value; b: Value }>(kernel, ({ a, b }) => binary(op, ...aligned(a, b)));
}

const unaries: Readonly<Record<string, UnaryOp>> = {
  Abs: "abs",
  Ceil: "ceil",
  Cos: "cosine",
  Exp: "exponential",
  Expm1: "exponential_minus_one",
  Floor: "floor",
  Log: "log",
  Log1p: "log_plus_one",
  Neg: "negate",
  Round: "round_nearest_even",
  Rsqrt: "rsqrt",
  Sign: "sign",
  Sin: "sine",
  Sqrt: "sqrt",
  Tan: "tan",
  Tanh: "tanh",
};

for (const [kernel, op] of Object.entries(unaries)) {
  rule<{ x: Value }>(kernel, ({ x }) => unary(op, x));
}

const expanded: Readonly<Record<string, ChloOp>> = {
  Acos: "acos",
  Acosh: "acosh",
  Asin: "asin",
  Asinh: "asinh",
  Atan: "atan",
  Atanh: "atanh",
  Cosh: "cosh",
  Erf: "erf",
  Sinh: "sinh",
};

for (const [kernel, op] of Object.entries(expanded)) {
  rule<{ x: Value }>(kernel, ({ x }) => chlo(op, x));
}

rule<{ x: Value }>("Identity", ({ x }) => x);
rule<{ x: Value }>("Square", ({ x }) => binary("multiply", x, x));
rule<{ x: Value }>("Reciprocal", ({ x }) => binary("divide", like(x, 1), x));

rule<{ a: Value; b: Value }>("SquaredDifference", ({ a, b }) => {
  const difference = binary("subtract", ...aligned(a, b));
  return binary("multiply", difference, difference);
});

/** The sum of any number of tensors of one shape: what several gradients of one tensor become. */
rule("AddN", (xs) => Object.values(xs).reduce((a, b) => binary("add", a, b)));

rule<{ x: Value }, { clipValueMin: number; clipValueMax: number }>(
  "ClipByValue",
  ({ x }, { clipValueMin, clipValueMax }) =>
    binary("maximum", binary("minimum", x, like(x, clipValueMax)), like(x, clipValueMin)),
);

rule<{ x: Value }, { dtype: string }>("Cast", ({ x }, { dtype }) => {
  const type = elementType[dtype]!;
  return type === "i1" && x.type !== "i1" ? compare("NE", x, like(x, 0)) : convert(x, type);
});

void select;
