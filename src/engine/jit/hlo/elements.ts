import { emit } from "../trace";
import type { ElementType, Value } from "../trace";
import { t, typeOf } from "./types";

/** Operations that treat each element alone. */

export type UnaryOp =
  | "abs"
  | "cbrt"
  | "ceil"
  | "cosine"
  | "count_leading_zeros"
  | "exponential"
  | "exponential_minus_one"
  | "floor"
  | "log"
  | "log_plus_one"
  | "logistic"
  | "negate"
  | "not"
  | "round_nearest_even"
  | "rsqrt"
  | "sign"
  | "sine"
  | "sqrt"
  | "tan"
  | "tanh";

export function unary(op: UnaryOp, x: Value): Value {
  return emit(`stablehlo.${op} ${x.ref} : ${t(x)}`, x.shape, x.type);
}

/** From the CHLO dialect, which XLA expands to StableHLO. */
export type ChloOp =
  | "acos"
  | "acosh"
  | "asin"
  | "asinh"
  | "atan"
  | "atanh"
  | "cosh"
  | "digamma"
  | "erf"
  | "erfc"
  | "lgamma"
  | "sinh";

export function chlo(op: ChloOp, x: Value): Value {
  return emit(`chlo.${op} ${x.ref} : ${t(x)} -> ${t(x)}`, x.shape, x.type);
}

export type BinaryOp =
  | "add"
  | "and"
  | "atan2"
  | "divide"
  | "maximum"
  | "minimum"
  | "multiply"
  | "or"
  | "power"
  | "remainder"
  | "shift_left"
  | "shift_right_arithmetic"
  | "shift_right_logical"
  | "subtract"
  | "xor";

/** Both operands of the same shape and type: `broadcast` them before. */
export function binary(op: BinaryOp, a: Value, b: Value): Value {
  return emit(`stablehlo.${op} ${a.ref}, ${b.ref} : ${t(a)}`, a.shape, a.type);
}

export function compare(direction: "EQ" | "NE" | "LT" | "LE" | "GT" | "GE", a: Value, b: Value): Value {
  return emit(
    `stablehlo.compare ${direction}, ${a.ref}, ${b.ref} : (${t(a)}, ${t(b)}) -> ${typeOf(a.shape, "i1")}`,
    a.shape,
    "i1",
  );
}

/** `yes` where the condition holds, else `no`; all three of one shape. */
export function select(condition: Value, yes: Value, no: Value): Value {
  return emit(
    `stablehlo.select ${condition.ref}, ${yes.ref}, ${no.ref} : ${t(condition)}, ${t(yes)}`,
    yes.shape,
    yes.type,
  );
}

export function convert(x: Value, type: ElementType): Value {
  if (x.type === type) return x;
  return emit(`stablehlo.convert ${x.ref} : (${t(x)}) -> ${typeOf(x.shape, type)}`, x.shape, type);
}

/** The same bits as another type of the same width. */
export function bitcast(x: Value, type: ElementType): Value {
  return emit(`stablehlo.bitcast_convert ${x.ref} : (${t(x)}) -> ${typeOf(x.shape, type)}`, x.shape, type);
}

/** The same value, which XLA computes as it is written: no rewriting reaches across. */
export function barrier(x: Value): Value {
  return emit(`stablehlo.optimization_barrier ${x.ref} : ${t(x)}`, x.shape, x.type);
}
