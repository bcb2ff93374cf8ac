import type { tf } from "../engine";
import { fromHalf } from "./half";

/**
 * The number types of the safetensors format with their size in bits, in the order of the reference's `Dtype`
 * (safetensors 0.8, safetensors/src/tensor.rs). Writers put the later types first, so that each tensor is aligned.
 */
const bits = {
  BOOL: 8, F4: 4, F6_E2M3: 6, F6_E3M2: 6, U8: 8, I8: 8, F8_E5M2: 8, F8_E4M3: 8, F8_E8M0: 8, F8_E4M3FNUZ: 8,
  F8_E5M2FNUZ: 8, I16: 16, U16: 16, F16: 16, BF16: 16, I32: 32, U32: 32, F32: 32, C64: 64, F64: 64, I64: 64, U64: 64,
} as const; // prettier-ignore

/** A number type as a safetensors header names it. */
export type StoredDtype = keyof typeof bits;
/** The types in which float tensors can be written. */
export type FloatDtype = "F32" | "F16" | "BF16";

const order = Object.keys(bits) as StoredDtype[];

export function isStoredDtype(name: unknown): name is StoredDtype {
  return typeof name === "string" && Object.hasOwn(bits, name);
}

/** Bits of one number. */
export function bitsOf(dtype: StoredDtype): number {
  return bits[dtype];
}

/** The place of a type in the reference's order; larger ones are written first. */
export function rankOf(dtype: StoredDtype): number {
  return order.indexOf(dtype);
}

/** Numbers as a tensor takes them. */
export interface Decoded {
  readonly values: Float32Array | Int32Array | Uint8Array;
  readonly dtype: "float32" | "int32" | "bool";
}

const littleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** Turns `width`-byte numbers from little-endian to the machine's order or back, in place. */
function hostOrder(bytes: Uint8Array, width: number): Uint8Array {
  if (!littleEndian) for (let i = 0; i < bytes.length; i += width) bytes.subarray(i, i + width).reverse();
  return bytes;
}

/**
 * Stored numbers as float32, int32 or bool. Float types become float32: F16 and BF16 exactly, F64 rounded to nearest
 * (beyond float32's range: infinite). Integers become int32.
 *
 * @param bytes little-endian; they may be changed and may be kept, so give a copy of your own
 * @param where begins error messages: file and tensor
 * @throws RangeError where an integer does not fit in 32 bits, a BOOL is neither 0 nor 1, or the type has no tensor
 */
export function decodeNumbers(dtype: StoredDtype, bytes: Uint8Array, where: string): Decoded {
  const width = bits[dtype] / 8;
  // A typed array must begin at a multiple of its width.
  const own = hostOrder(bytes.byteOffset % 8 === 0 ? bytes : bytes.slice(), width);
  const count = own.length / width;
  const view = <T>(kind: new (buffer: ArrayBufferLike, offset: number, length: number) => T): T =>
    new kind(own.buffer, own.byteOffset, count);
  switch (dtype) {
    case "F32":
      return { values: view(Float32Array), dtype: "float32" };
    case "F64":
      return { values: Float32Array.from(view(Float64Array)), dtype: "float32" };
    case "F16":
      return { values: fromHalf(view(Uint16Array)), dtype: "float32" };
    case "BF16":
      return { values: fromBfloat(view(Uint16Array)), dtype: "float32" };
    case "I32":
      return { values: view(Int32Array), dtype: "int32" };
    case "I16":
      return { values: Int32Array.from(view(Int16Array)), dtype: "int32" };
    case "U16":
      return { values: Int32Array.from(view(Uint16Array)), dtype: "int32" };
    case "I8":
      return { values: Int32Array.from(view(Int8Array)), dtype: "int32" };
    case "U8":
      return { values: Int32Array.from(own), dtype: "int32" };
    case "U32":
      return { values: fitting(view(Uint32Array), where, dtype), dtype: "int32" };
    case "I64":
      return { values: fitting(view(BigInt64Array), where, dtype), dtype: "int32" };
    case "U64":
      return { values: fitting(view(BigUint64Array), where, dtype), dtype: "int32" };
    case "BOOL": {
      const wrong = own.findIndex((byte) => byte > 1);
      if (wrong >= 0) throw new RangeError(`${where}: BOOL number ${wrong} is ${own[wrong]}, not 0 or 1.`);
      return { values: own, dtype: "bool" };
    }
    default:
      throw new RangeError(
        `${where}: ${dtype} cannot become a tensor. Cure: convert it to F32, F16 or BF16.`,
      );
  }
}

function fitting(
  from: { readonly length: number; readonly [i: number]: number | bigint },
  where: string,
  dtype: StoredDtype,
): Int32Array {
  const out = new Int32Array(from.length);
  for (let i = 0; i < out.length; i++) {
    const value = from[i] as number | bigint;
    if (value < -(2 ** 31) || value >= 2 ** 31) {
      throw new RangeError(`${where}: ${dtype} number ${i} is ${value}, which does not fit in int32.`);
    }
    out[i] = Number(value);
  }
  return out;
}

/** bfloat16: the upper half of a float32. */
function fromBfloat(halves: Uint16Array): Float32Array {
  const raw = new Uint32Array(halves.length);
  for (let i = 0; i < raw.length; i++) raw[i] = (halves[i] as number) << 16;
  return new Float32Array(raw.buffer);
}

/** The type in which a tensor is stored: floats as `float`. @throws RangeError for complex64 and string */
export function storedAs(dtype: tf.DataType, float: FloatDtype, where: string): StoredDtype {
  if (dtype === "float32") return float;
  if (dtype === "int32") return "I32";
  if (dtype === "bool") return "BOOL";
  throw new RangeError(`${where}: a ${dtype} tensor cannot be stored; float32, int32 and bool can.`);
}

/**
 * A tensor's values as little-endian bytes; F16 and BF16 are rounded to nearest, ties to even.
 *
 * @throws RangeError where a finite number would become infinite
 */
export function encodeNumbers(dtype: StoredDtype, values: ArrayLike<number>, where: string): Uint8Array {
  if (dtype === "BOOL") return Uint8Array.from(values, (value) => (value === 0 ? 0 : 1));
  if (dtype === "I32") return hostOrder(new Uint8Array(Int32Array.from(values).buffer), 4);
  const floats = Float32Array.from(values);
  if (dtype === "F32") return hostOrder(new Uint8Array(floats.buffer), 4);
  const raw = new Uint32Array(floats.buffer);
  const out = new Uint16Array(floats.length);
  for (let i = 0; i < out.length; i++) {
    const sign = ((raw[i] as number) >>> 16) & 0x8000;
    const size = (raw[i] as number) & 0x7fffffff;
    const half = dtype === "F16" ? toHalf(size) : toBfloat(size);
    if (size < 0x7f800000 && half === (dtype === "F16" ? 0x7c00 : 0x7f80)) {
      const largest = dtype === "F16" ? "65504; BF16 and F32 reach further" : "3.39e38; F32 reaches further";
      throw new RangeError(`${where}: number ${i} is ${floats[i]}, and ${dtype} ends at ${largest}.`);
    }
    out[i] = sign | half;
  }
  return hostOrder(new Uint8Array(out.buffer), 2);
}

/** The bits of a float32 without its sign, as binary16. */
function toHalf(size: number): number {
  if (size > 0x7f800000) return 0x7e00 | ((size >>> 13) & 0x3ff); // not a number
  if (size >= 0x47800000) return 0x7c00; // 65536 and more
  if (size >= 0x38800000) return (size - 0x38000000 + 0xfff + ((size >>> 13) & 1)) >>> 13;
  // Subnormal, in units of 2^-24. The float32 beside 0.5 lie 2^-24 apart, so this sum rounds as wanted.
  const value = new Float32Array(Uint32Array.of(size).buffer)[0] as number;
  return (Math.fround(value + 0.5) - 0.5) * 2 ** 24;
}

/** The bits of a float32 without its sign, as bfloat16. */
function toBfloat(size: number): number {
  if (size > 0x7f800000) return 0x40 | (size >>> 16); // not a number
  return (size + 0x7fff + ((size >>> 16) & 1)) >>> 16;
}
