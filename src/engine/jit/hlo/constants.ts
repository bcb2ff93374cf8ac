import { emit } from "../trace";
import type { ElementType, Shape, Value } from "../trace";
import { sizeOf, typeOf } from "./types";

/** Values that are part of the program. */

/** The same number everywhere. */
export function constant(value: number, shape: Shape = [], type: ElementType = "f32"): Value {
  return emit(`stablehlo.constant dense<${literal(value, type)}> : ${typeOf(shape, type)}`, shape, type);
}

/** Given numbers, in row-major order. */
export function constants(values: ArrayLike<number>, shape: Shape, type: ElementType): Value {
  if (sizeOf(shape) === 0) return constant(0, shape, type); // MLIR cannot read nested lists of nothing
  const list = (axis: number, from: number): string => {
    const n = shape[axis];
    if (n === undefined) return literal(values[from] as number, type);
    const step = sizeOf(shape.slice(axis + 1));
    return `[${Array.from({ length: n }, (_, i) => list(axis + 1, from + i * step)).join(", ")}]`;
  };
  return emit(`stablehlo.constant dense<${list(0, 0)}> : ${typeOf(shape, type)}`, shape, type);
}

/** A number as MLIR writes it. f32 gets 9 digits, which name each of its numbers, and bit patterns for the rest. */
export function literal(value: number, type: ElementType): string {
  if (type === "i1") return value ? "true" : "false";
  if (type === "f32" || type === "f64" || type === "bf16") {
    if (Number.isFinite(value) && (type === "f64" || Number.isFinite(Math.fround(value))))
      return shortest(value, type);
    const [nan, plus, minus] = {
      f32: ["0x7FC00000", "0x7F800000", "0xFF800000"],
      f64: ["0x7FF8000000000000", "0x7FF0000000000000", "0xFFF0000000000000"],
      bf16: ["0x7FC0", "0x7F80", "0xFF80"],
    }[type] as [string, string, string];
    return Number.isNaN(value) ? nan : value > 0 ? plus : minus;
  }
  return Number.isFinite(value) ? Math.trunc(value).toFixed(0) : "0";
}

/** The shorter of the plain and the exponent form, with the decimal point that MLIR demands. */
function shortest(value: number, type: ElementType): string {
  if (Object.is(value, -0)) return "-0.0";
  const digits = type === "f64" ? 17 : 9;
  const exact = (text: string): boolean =>
    type === "f64" ? Number(text) === value : Math.fround(Number(text)) === Math.fround(value);
  const size = Math.abs(value);
  for (let n = 1; n <= digits; n++) {
    const text = size === 0 || (size >= 1e-4 && size < 1e6) ? plain(value, n) : value.toExponential(n);
    if (exact(text)) return text;
  }
  return value.toExponential(digits);
}

const plain = (value: number, digits: number): string => {
  const text = Number(value.toPrecision(digits)).toString();
  return /[.]/.test(text) ? text : `${text}.0`;
};

/** 0, 1, 2 ... along an axis. */
export function iota(shape: Shape, axis: number, type: ElementType = "i32"): Value {
  return emit(`stablehlo.iota dim = ${axis} : ${typeOf(shape, type)}`, shape, type);
}
