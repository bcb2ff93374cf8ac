import { binary, compare, constant, convert, select, unary } from "../hlo";
import type { BinaryOp, UnaryOp } from "../hlo";
import type { Value } from "../trace";
import { aligned, elementType, rule } from "./registry";

/** Kernels that treat each element alone. */

const binaries: Readonly<Record<string, BinaryOp>> = {
  Add: "add",
  Sub: "subtract",
  Multiply: "multiply",
  Maximum: "maximum",
  Minimum: "minimum",
};

for (const [kernel, op] of Object.entries(binaries)) {
  rule<{ a: Value; b: Value }>(kernel, ({ a, b }) => binary(op, ...aligned(a, b)));
}

const unaries: Readonly<Record<string, UnaryOp>> = {
  Abs: "abs",
  Exp: "exponential",
  Log: "log",
  Neg: "negate",
  Rsqrt: "rsqrt",
  Sqrt: "sqrt",
  Tanh: "tanh",
};

for (const [kernel, op] of Object.entries(unaries)) {
  rule<{ x: Value }>(kernel, ({ x }) => unary(op, x));
}

rule<{ x: Value }>("Square", ({ x }) => binary("multiply", x, x));
rule<{ x: Value }>("Identity", ({ x }) => x);

rule<{ x: Value }, { dtype: string }>("Cast", ({ x }, { dtype }) => {
  const type = elementType[dtype]!;
  return type === "i1" && x.type !== "i1" ? compare("NE", x, constant(0, x.shape, x.type)) : convert(x, type);
});
void select;
