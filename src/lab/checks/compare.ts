import { formulaText } from "./formulas";
import { Formula, PlainTensor, tensorText } from "./plain";
import { Opaque } from "./values";

/**
 * Deep equality of plain data: NaN equals NaN, ∞ only itself, a Map's order does not matter, `Opaque` equals nothing. The keys of a
 * Map and the items of a Set must be texts or numbers: two objects are never the same key.
 * Two numbers are equal within `tolerance`, relative to the second where that is above 1.
 */
export function same(a: unknown, b: unknown, tolerance = 0): boolean {
  if (typeof a === "number" && typeof b === "number") {
    if (Object.is(a, b) || a === b) return true;
    return Number.isFinite(b) && Math.abs(a - b) <= tolerance * Math.max(1, Math.abs(b));
  }
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return a === b;
  if (a instanceof Opaque || b instanceof Opaque || kindOf(a) !== kindOf(b)) return false;
  if (a instanceof PlainTensor && b instanceof PlainTensor) {
    return a.dtype === b.dtype && same(a.shape, b.shape) && same(a.values, b.values, tolerance);
  }
  // Where a function was called does not make it another one.
  if (a instanceof Formula && b instanceof Formula)
    return a.name === b.name && same(a.parameters, b.parameters);
  if (a instanceof Map && b instanceof Map) {
    return a.size === b.size && [...a].every(([key, v]) => b.has(key) && same(v, b.get(key), tolerance));
  }
  if (a instanceof Set && b instanceof Set) return a.size === b.size && [...a].every((item) => b.has(item));
  if (Array.isArray(a) || ArrayBuffer.isView(a)) {
    const [x, y] = [a, b] as unknown as [ArrayLike<unknown>, ArrayLike<unknown>];
    if (x.length !== y.length) return false;
    for (let i = 0; i < x.length; i++) if (!same(x[i], y[i], tolerance)) return false;
    return true;
  }
  const [x, y] = [a, b] as [Record<string, unknown>, Record<string, unknown>];
  const names = Object.keys(x);
  return (
    names.length === Object.keys(y).length &&
    names.every((name) => Object.hasOwn(y, name) && same(x[name], y[name], tolerance))
  );
}

/** The kind of a value in a learner's words: "an array", "a Map", "text", "a number", ... */
export function kindOf(value: unknown): string {
  if (value instanceof Opaque) return value.what;
  if (value instanceof PlainTensor) return "a tensor";
  if (value instanceof Formula) return "a function";
  if (value === null || value === undefined) return String(value);
  if (Array.isArray(value)) return "an array";
  if (value instanceof Map) return "a Map";
  if (value instanceof Set) return "a Set";
  if (ArrayBuffer.isView(value)) return Object.prototype.toString.call(value).slice(8, -1);
  if (typeof value === "string") return "text";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}

/** A value as a learner would write it, cut to about `width` characters. */
export function brief(value: unknown, width = 160): string {
  const text = print(value, width);
  return text.length <= width ? text : `${text.slice(0, width - 1).replace(/[\ud800-\udbff]$/, "")}…`;
}

/** Prints no more than is needed for `width` characters, so that a huge value costs nothing. */
function print(value: unknown, width: number): string {
  if (value instanceof Opaque) return `(${value.what})`;
  if (value instanceof PlainTensor) return tensorText(value, width);
  if (value instanceof Formula) return `x => ${formulaText(value)}`;
  if (typeof value === "string") return quote(value.slice(0, width + 1));
  if (typeof value !== "object" || value === null) return Object.is(value, -0) ? "-0" : String(value);
  const pair = (key: string, item: unknown, arrow: string) => `${key}${arrow}${print(item, width)}`;
  if (Array.isArray(value)) return `[${joined(value, width, (item) => print(item, width))}]`;
  if (value instanceof Map) {
    return `Map { ${joined(value, width, ([k, v]: [unknown, unknown]) => pair(print(k, width), v, " => "))} }`;
  }
  if (value instanceof Set) return `Set { ${joined(value, width, (item) => print(item, width))} }`;
  if (ArrayBuffer.isView(value)) {
    return `${kindOf(value)} [${joined(value as unknown as Iterable<number>, width, String)}]`;
  }
  return `{ ${joined(Object.entries(value), width, ([k, v]) => pair(k, v, ": "))} }`;
}

function joined<T>(items: Iterable<T>, width: number, print: (item: T) => string): string {
  let out = "";
  for (const item of items) {
    if (out.length > width) break;
    out += (out === "" ? "" : ", ") + print(item);
  }
  return out;
}

/** A string literal in which what is not seen as such (control characters, accents apart, lone surrogates) is escaped. */
export function quote(text: string): string {
  return JSON.stringify(text).replace(
    /[\u007f-\u00a0\u200b-\u200f\u2028-\u202e\ufeff\ufffd]|[\u0300-\u036f]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
