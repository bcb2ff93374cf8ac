import { Formula, PlainTensor, sizeOf as sizeOfShape, type TensorType } from "./plain";

/**
 * How values travel to a learner's function and back: a bounded text form of plain data.
 *
 * What learner code returns is not trusted. It may be cyclic, endless, a Proxy, or made after the built-ins were
 * patched. So this file keeps its own references to the built-ins it needs, taken when it is loaded (before any
 * learner code), uses no method that a learner can replace, and stops at fixed limits. What is no plain data
 * arrives as an `Opaque` that says what it was; it equals nothing.
 */

const { stringify, parse } = JSON;
const { keys, getPrototypeOf, is, defineProperty } = Object;
const { isArray } = Array;
const isView = ArrayBuffer.isView;
const call = Function.prototype.call;
const uncurry = <T extends (this: never, ...args: never[]) => unknown>(method: T) =>
  call.bind(method) as (self: unknown, ...args: unknown[]) => ReturnType<T>;
const getter = (prototype: object, key: PropertyKey) =>
  uncurry(Object.getOwnPropertyDescriptor(prototype, key)!.get as () => unknown);
const typedArray = getPrototypeOf(Uint8Array.prototype) as object;
const viewName = getter(typedArray, Symbol.toStringTag);
const viewLength = getter(typedArray, "length");
const mapSize = getter(Map.prototype, "size");
const setSize = getter(Set.prototype, "size");
const mapForEach = uncurry(Map.prototype.forEach);
const setForEach = uncurry(Set.prototype.forEach);
const plainPrototype = Object.prototype;

/** Values per message, characters in all its strings, nesting and axes: far above any right answer of the lab. */
export const LIMITS = { values: 2_000_000, characters: 16_000_000, depth: 32, axes: 6 } as const;

/** Stands for a value that is no plain data, e.g. "a function", "a Proxy", "a value that contains itself". */
export class Opaque {
  constructor(readonly what: string) {}
}

/** Tells a Proxy from a plain object. Only Node can (`util.types.isProxy`); elsewhere a Proxy is read like data. */
export type IsProxy = (value: unknown) => boolean;

/** What stands for a living thing (a tensor of tfjs, a function that was handed in); undefined for all else. */
export type Still = (value: object) => PlainTensor | Formula | Opaque | undefined;

/** `value` as one line of JSON, tagged where JSON has no word for it. Never throws for odd data: it says `Opaque`. */
export function encodeValue(
  value: unknown,
  isProxy: IsProxy = () => false,
  still: Still = () => undefined,
): string {
  let values = 0;
  let characters = 0;
  /** The objects that the present one lies in, outermost first. */
  const around: unknown[] = [];
  const opaque = (what: string): string => `{"$":"opaque","v":${stringify(what)}}`;

  const list = (items: ArrayLike<unknown>, depth: number): string => {
    let out = "[";
    for (let i = 0; i < items.length && values <= LIMITS.values; i++) {
      out += (i > 0 ? "," : "") + walk(items[i], depth + 1);
    }
    return out + "]";
  };

  const walk = (living: unknown, depth: number): string => {
    const reachable = typeof living === "object" || typeof living === "function";
    const v = (reachable && living !== null && !isProxy(living) && still(living)) || living;
    if (++values > LIMITS.values) return opaque("part of a value with too many parts");
    if (typeof v === "string") {
      characters += v.length;
      return characters > LIMITS.characters ? opaque("a text that is far too long") : stringify(v);
    }
    if (typeof v === "number") {
      if (v !== v) return '{"$":"number","v":"NaN"}';
      if (v === Infinity || v === -Infinity) return `{"$":"number","v":"${v}"}`;
      return is(v, -0) ? '{"$":"number","v":"-0"}' : `${v}`;
    }
    if (v === null || typeof v === "boolean") return `${v}`;
    if (v === undefined) return '{"$":"undefined"}';
    if (typeof v === "bigint") return opaque("a bigint");
    if (typeof v !== "object") return opaque(`a ${typeof v}`);
    if (isProxy(v)) return opaque("a Proxy");
    if (depth >= LIMITS.depth) return opaque("a value that is nested too deeply");
    for (let i = 0; i < depth; i++) if (around[i] === v) return opaque("a value that contains itself");
    around[depth] = v;
    if (v instanceof Opaque) return opaque(v.what);
    if (v instanceof PlainTensor) return tensorText(v);
    if (v instanceof Formula) {
      const parts = `"v":${list(v.parameters, depth)},"points":${list(v.points, depth)}`;
      return `{"$":"formula","name":${stringify(v.name)},${parts}}`;
    }
    if (isArray(v)) {
      return v.length > LIMITS.values ? opaque(`an array of ${v.length} values`) : list(v, depth);
    }
    if (isView(v)) return viewText(v, depth);
    const size = sizeOf(mapSize, v);
    if (size !== undefined) {
      if (size > LIMITS.values) return opaque(`a Map of ${size} entries`);
      let out = "";
      mapForEach(v, (item: unknown, key: unknown) => {
        out += `${out === "" ? "" : ","}[${walk(key, depth + 1)},${walk(item, depth + 1)}]`;
      });
      return `{"$":"map","v":[${out}]}`;
    }
    if (sizeOf(setSize, v) !== undefined) {
      let out = "";
      setForEach(v, (item: unknown) => {
        out += (out === "" ? "" : ",") + walk(item, depth + 1);
      });
      return `{"$":"set","v":[${out}]}`;
    }
    const prototype = getPrototypeOf(v) as unknown;
    if (prototype !== plainPrototype && prototype !== null) return opaque("an object of a class of its own");
    const names = keys(v);
    let out = "";
    for (let i = 0; i < names.length && values <= LIMITS.values; i++) {
      const name = names[i]!;
      characters += name.length;
      const item = (v as Readonly<Record<string, unknown>>)[name];
      out += `${i > 0 ? "," : ""}[${stringify(name)},${walk(item, depth + 1)}]`;
    }
    return `{"$":"object","v":[${out}]}`;
  };

  const viewText = (v: ArrayBufferView, depth: number): string => {
    const name = viewName(v) as string | undefined;
    if (name === undefined || name[0] === "B") return opaque("a view of binary data");
    if ((viewLength(v) as number) > LIMITS.values)
      return opaque(`a ${name} of ${viewLength(v) as number} values`);
    return `{"$":"view","name":"${name}","v":${list(v as unknown as ArrayLike<number>, depth)}}`;
  };

  const tensorText = ({ dtype, shape, values: numbers }: PlainTensor): string => {
    if (shape.length > LIMITS.axes) return opaque(`a tensor of ${shape.length} axes`);
    if (numbers.length > LIMITS.values) return opaque(`a tensor of ${numbers.length} values`);
    return `{"$":"tensor","name":"${dtype}","shape":${list(shape, 0)},"v":${list(numbers, 0)}}`;
  };

  return walk(value, 0);
}

/** The size when `v` has that getter's brand (a real Map, a real Set), else undefined. */
function sizeOf(size: (self: unknown) => unknown, v: object): number | undefined {
  try {
    return size(v) as number;
  } catch {
    return undefined;
  }
}

/** The value behind `encodeValue`'s text. Throws a SyntaxError for a text that is none of it. */
export function decodeValue(text: string): unknown {
  return revive(parse(text), 0);
}

/** Copy of plain data by way of its text form, so that neither side can reach into the other's. */
export function copyValue(value: unknown, isProxy?: IsProxy, still?: Still): unknown {
  return decodeValue(encodeValue(value, isProxy, still));
}

function revive(node: unknown, depth: number): unknown {
  if (depth > 3 * LIMITS.depth) throw new SyntaxError("a value is nested too deeply");
  if (typeof node !== "object" || node === null) return node;
  if (isArray(node)) {
    const out: unknown[] = [];
    for (let i = 0; i < node.length; i++) out[i] = revive(node[i], depth + 1);
    return out;
  }
  const { $: tag, v, name, ...rest } = node as { $?: unknown; v?: unknown; name?: unknown };
  if (tag === "undefined") return undefined;
  if (tag === "number") return v === "-0" ? -0 : v === "NaN" ? NaN : v === "Infinity" ? Infinity : -Infinity;
  if (tag === "opaque" && typeof v === "string") return new Opaque(v);
  if (!isArray(v)) throw new SyntaxError("a value has an unknown form");
  if (tag === "view") return reviveView(String(name), v);
  if (tag === "tensor") return reviveTensor(String(name), (rest as { shape?: unknown }).shape, v);
  if (tag === "formula") return reviveFormula(String(name), v, (rest as { points?: unknown }).points);
  const items = revive(v, depth + 1) as unknown[];
  if (tag === "set") return new Set(items);
  if (tag !== "map" && tag !== "object") throw new SyntaxError("a value has an unknown form");
  const map = new Map<unknown, unknown>();
  const record = {};
  for (let i = 0; i < items.length; i++) {
    const entry = items[i];
    if (!isArray(entry) || entry.length !== 2) throw new SyntaxError("a value has an unknown form");
    if (tag === "map") map.set(entry[0], entry[1]);
    // defineProperty, since a plain assignment to "__proto__" would set the prototype.
    else {
      const property = { value: entry[1] as unknown, enumerable: true, writable: true, configurable: true };
      defineProperty(record, String(entry[0]), property);
    }
  }
  return tag === "map" ? map : record;
}

const VIEWS = {
  Uint8Array,
  Uint8ClampedArray,
  Int8Array,
  Uint16Array,
  Int16Array,
  Uint32Array,
  Int32Array,
  Float32Array,
  Float64Array,
} as const;

function reviveView(name: string, items: unknown[]): unknown {
  if (!Object.hasOwn(VIEWS, name)) throw new SyntaxError("a value has an unknown form");
  return new VIEWS[name as keyof typeof VIEWS](reviveNumbers(items));
}

function reviveNumbers(items: unknown): number[] {
  const numbers = isArray(items) ? items.map((item) => revive(item, 0)) : [undefined];
  if (numbers.every((item): item is number => typeof item === "number")) return numbers;
  throw new SyntaxError("a value has an unknown form");
}

const TENSOR_TYPES: readonly TensorType[] = ["float32", "int32", "bool"];

function reviveTensor(name: string, sizes: unknown, items: unknown[]): PlainTensor {
  const dtype = TENSOR_TYPES.find((type) => type === name);
  const shape = reviveNumbers(sizes);
  const values = reviveNumbers(items);
  const fits = shape.every((n) => Number.isInteger(n) && n >= 0) && sizeOfShape(shape) === values.length;
  if (dtype === undefined || shape.length > LIMITS.axes || !fits)
    throw new SyntaxError("a tensor has an unknown form");
  return new PlainTensor(dtype, shape, values);
}

function reviveFormula(name: string, parameters: unknown[], points: unknown): Formula {
  if (!isArray(points)) throw new SyntaxError("a function has an unknown form");
  return new Formula(name, parameters.map(reviveNumbers), points.map(reviveNumbers));
}
