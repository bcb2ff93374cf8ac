import { binary, chlo, compare, constant, convert, select, unary } from "../hlo";
import type { BinaryOp, ChloOp, UnaryOp } from "../hlo";
import type { Value } from "../trace";
import { aligned, elementType, rule } from "./registry";

/**
 * Arithmetic and functions of numbers, each element alone. Where integers have no answer (division by 0, a negative
 * power) TensorFlow throws, but a program gives some number.
 */

/** The same number at each place of x. */
export const like = (x: Value, value: number): Value => constant(value, x.shape, x.type);

/** Booleans as the numbers 0 and 1. */
export const asNumber = (x: Value): Value => (x.type === "i1" ? convert(x, "i32") : x);

/** Only NaN differs from itself. */
export const isNaN = (x: Value): Value => compare("NE", x, x);

const binaries: Readonly<Record<string, BinaryOp>> = {
  Add: "add",
  Atan2: "atan2",
  Multiply: "multiply",
  Pow: "power",
  RealDiv: "divide",
  Sub: "subtract",
};

for (const [kernel, op] of Object.entries(binaries)) {
  rule<{ a: Value; b: Value }>(kernel, ({ a, b }) => binary(op, ...aligned(a, b)));
}

/**
 * The larger or the smaller of two, NaN where one of them is. On a CPU, XLA compares and takes `a` where that fails,
 * so NaN in `b` needs a look of its own.
 */
for (const [kernel, op] of [
  ["Maximum", "maximum"],
  ["Minimum", "minimum"],
] as const) {
  rule<{ a: Value; b: Value }>(kernel, (x) => {
    const [a, b] = aligned(x.a, x.b);
    const found = binary(op, a, b);
    return b.type === "f32" ? select(isNaN(b), b, found) : found;
  });
}

const unaries: Readonly<Record<string, UnaryOp>> = {
  Abs: "abs",
  Ceil: "ceil",
  Cos: "cosine",
  Expm1: "exponential_minus_one",
  Floor: "floor",
  Log: "log",
  Log1p: "log_plus_one",
  Neg: "negate",
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
  Sinh: "sinh",
};

for (const [kernel, op] of Object.entries(expanded)) {
  rule<{ x: Value }>(kernel, ({ x }) => chlo(op, x));
}

// XLA's own is 2e-7 off at the ends where it is fused, which x erf(x) makes large. From 4 on, erf is 1 in f32.
rule<{ x: Value }>("Erf", ({ x }) =>
  select(compare("GE", unary("abs", x), like(x, 4)), unary("sign", x), chlo("erf", x)),
);

// The one function of floats that tfjs calls with integers, too.
rule<{ x: Value }>("Exp", ({ x }) => unary("exponential", convert(x, "f32")));

// Halves go to the even neighbour.
rule<{ x: Value }>("Round", ({ x }) => (x.type === "f32" ? unary("round_nearest_even", x) : x));

rule<{ x: Value }>("Identity", ({ x }) => x);
rule<{ x: Value }>("Square", ({ x }) => binary("multiply", x, x));
rule<{ x: Value }>("Reciprocal", ({ x }) => binary("divide", like(x, 1), x));

rule<{ a: Value; b: Value }>("SquaredDifference", ({ a, b }) => {
  const difference = binary("subtract", ...aligned(a, b));
  return binary("multiply", difference, difference);
});

/** The sum of any number of tensors of one shape: what several gradients of one tensor become. */
rule("AddN", (xs) => Object.values(xs).reduce((sum, x) => binary("add", sum, x)));

rule<{ x: Value }, { clipValueMin: number; clipValueMax: number }>("ClipByValue", (input, attrs) => {
  const x = asNumber(input.x);
  return binary("maximum", binary("minimum", x, like(x, attrs.clipValueMax)), like(x, attrs.clipValueMin));
});

/** Whether a remainder has to move by one divisor: it is not 0, and its sign is not the divisor's. */
function wrongSide(remainder: Value, divisor: Value): Value {
  const negative = (x: Value): Value => compare("LT", x, like(x, 0));
  const rest = compare("NE", remainder, like(remainder, 0));
  return binary("and", rest, compare("NE", negative(remainder), negative(divisor)));
}

/** Division that rounds down, as Python's //; XLA's own drops the fraction. */
rule<{ a: Value; b: Value }>("FloorDiv", (x) => {
  const [a, b] = aligned(asNumber(x.a), asNumber(x.b));
  const quotient = binary("divide", a, b);
  if (a.type === "f32") return unary("floor", quotient);
  const less = binary("subtract", quotient, like(quotient, 1));
  return select(wrongSide(binary("remainder", a, b), b), less, quotient);
});

/** The remainder of that division: it has the divisor's sign, as Python's %. */
rule<{ a: Value; b: Value }>("Mod", (x) => {
  const [a, b] = aligned(x.a, x.b);
  const remainder = binary("remainder", a, b);
  return select(wrongSide(remainder, b), binary("add", remainder, b), remainder);
});

/**
 * From float to integer the fraction is dropped; NaN becomes 0, and what does not fit becomes the nearest number that
 * does. (TensorFlow leaves these to the processor: on x86 all of them become -2147483648.)
 */
rule<{ x: Value }, { dtype: string }>("Cast", ({ x }, { dtype }) => {
  const type = elementType[dtype]!;
  return type === "i1" && x.type !== "i1" ? compare("NE", x, like(x, 0)) : convert(x, type);
});
