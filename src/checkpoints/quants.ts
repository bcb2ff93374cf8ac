/**
 * The tensor types of GGML and how each becomes float32. Weights of a quantised type come in blocks of a fixed number
 * of weights, each block with its own scale, so a row is a whole number of blocks.
 *
 * Source: ggml's `dequantize_row_*` (ggml-quants.c) and block layouts (ggml-common.h), ids as in docs/gguf.md. Every
 * product of scale and number fits a JavaScript number exactly and is rounded once, when it is stored: the results have
 * the bits of the reference.
 */
import { half } from "./half";
import { q4K, q5K, q6K } from "./quantsK";

/** A tensor type: how many bytes hold one block of how many weights. */
export interface GgmlType {
  readonly name: string;
  readonly blockWeights: number;
  readonly blockBytes: number;
}

/** Writes the weights of `raw`, whole blocks of one type, to `out`. */
type Dequantize = (raw: Uint8Array, out: Float32Array) => void;

const type = (name: string, blockWeights: number, blockBytes: number): GgmlType => ({
  name,
  blockWeights,
  blockBytes,
});

/** The types by their id in a file. Ids that are missing here were removed from GGML, or came after this list. */
export const ggmlTypes: ReadonlyMap<number, GgmlType> = new Map([
  [0, type("F32", 1, 4)],
  [1, type("F16", 1, 2)],
  [2, type("Q4_0", 32, 18)],
  [3, type("Q4_1", 32, 20)],
  [6, type("Q5_0", 32, 22)],
  [7, type("Q5_1", 32, 24)],
  [8, type("Q8_0", 32, 34)],
  [9, type("Q8_1", 32, 40)],
  [10, type("Q2_K", 256, 84)],
  [11, type("Q3_K", 256, 110)],
  [12, type("Q4_K", 256, 144)],
  [13, type("Q5_K", 256, 176)],
  [14, type("Q6_K", 256, 210)],
  [15, type("Q8_K", 256, 292)],
  [16, type("IQ2_XXS", 256, 66)],
  [17, type("IQ2_XS", 256, 74)],
  [18, type("IQ3_XXS", 256, 98)],
  [19, type("IQ1_S", 256, 50)],
  [20, type("IQ4_NL", 32, 18)],
  [21, type("IQ3_S", 256, 110)],
  [22, type("IQ2_S", 256, 82)],
  [23, type("IQ4_XS", 256, 136)],
  [24, type("I8", 1, 1)],
  [25, type("I16", 1, 2)],
  [26, type("I32", 1, 4)],
  [27, type("I64", 1, 8)],
  [28, type("F64", 1, 8)],
  [29, type("IQ1_M", 256, 56)],
  [30, type("BF16", 1, 2)],
  [34, type("TQ1_0", 256, 54)],
  [35, type("TQ2_0", 256, 66)],
  [39, type("MXFP4", 32, 17)],
]);

const readers: ReadonlyMap<string, Dequantize> = new Map<string, Dequantize>([
  ["F32", f32],
  ["F16", f16],
  ["BF16", bf16],
  ["Q8_0", q8_0],
  ["Q4_0", q4_0],
  ["Q4_1", q4_1],
  ["Q5_0", q5_0],
  ["Q5_1", q5_1],
  ["Q4_K", q4K],
  ["Q5_K", q5K],
  ["Q6_K", q6K],
]);

/** The names of the types that `dequantize` reads; the others can be listed but not read. */
export const readableTypes: readonly string[] = [...readers.keys()];

const typesByName: ReadonlyMap<string, GgmlType> = new Map([...ggmlTypes.values()].map((t) => [t.name, t]));

/** The block of a type. @throws RangeError for a type that is not one of `readableTypes` */
export function readableType(name: string): GgmlType {
  const found = typesByName.get(name);
  if (found && readers.has(name)) return found;
  throw new RangeError(
    `Weights of type ${name} cannot be read; these can: ${readableTypes.join(", ")}. Cure: take another file of ` +
      "the model, or convert this one with llama.cpp: llama-quantize --allow-requantize IN.gguf OUT.gguf Q8_0",
  );
}

/**
 * The float32 weights of whole blocks, in their order.
 *
 * @param name a type of GGML, as "Q4_1"
 * @param raw the blocks, as they are in a file (little-endian); at any byte offset of their buffer
 * @param out where to write them; a new array when left out
 * @throws RangeError for a type that is not one of `readableTypes`, for a part of a block, for an `out` of another length
 */
export function dequantize(name: string, raw: Uint8Array, out?: Float32Array): Float32Array {
  const layout = readableType(name);
  if (raw.length % layout.blockBytes !== 0) {
    throw new RangeError(
      `${raw.length} bytes are not whole blocks of ${name}, of ${layout.blockBytes} bytes each`,
    );
  }
  const weights = (raw.length / layout.blockBytes) * layout.blockWeights;
  const result = out ?? new Float32Array(weights);
  if (result.length !== weights) {
    throw new RangeError(`${raw.length} bytes of ${name} hold ${weights} weights, out has ${result.length}`);
  }
  readers.get(name)!(raw, result);
  return result;
}

function f32(raw: Uint8Array, out: Float32Array): void {
  new Uint8Array(out.buffer, out.byteOffset, out.byteLength).set(raw);
}

function f16(raw: Uint8Array, out: Float32Array): void {
  for (let i = 0; i < out.length; i++) out[i] = half(raw, 2 * i);
}

/** bfloat16 is the upper half of a float32. */
function bf16(raw: Uint8Array, out: Float32Array): void {
  const bits = new Uint32Array(out.buffer, out.byteOffset, out.length);
  for (let i = 0; i < bits.length; i++) bits[i] = (raw[2 * i]! << 16) | (raw[2 * i + 1]! << 24);
}

/** Block: d (f16), 32 numbers of 8 bits. Weight = d q. */
function q8_0(raw: Uint8Array, out: Float32Array): void {
  for (let at = 0, to = 0; to < out.length; at += 34, to += 32) {
    const d = half(raw, at);
    for (let i = 0; i < 32; i++) out[to + i] = ((raw[at + 2 + i]! << 24) >> 24) * d;
  }
}

/** Block: d, 16 bytes: byte i has weight i in its lower half, weight i + 16 in its upper. Weight = d (q - 8). */
function q4_0(raw: Uint8Array, out: Float32Array): void {
  for (let at = 0, to = 0; to < out.length; at += 18, to += 32) {
    const d = half(raw, at);
    for (let i = 0; i < 16; i++) {
      const q = raw[at + 2 + i]!;
      out[to + i] = ((q & 15) - 8) * d;
      out[to + i + 16] = ((q >> 4) - 8) * d;
    }
  }
}

/** Block: d, m, 16 bytes as in Q4_0. Weight = d q + m. */
function q4_1(raw: Uint8Array, out: Float32Array): void {
  for (let at = 0, to = 0; to < out.length; at += 20, to += 32) {
    const d = half(raw, at);
    const m = half(raw, at + 2);
    for (let i = 0; i < 16; i++) {
      const q = raw[at + 4 + i]!;
      out[to + i] = (q & 15) * d + m;
      out[to + i + 16] = (q >> 4) * d + m;
    }
  }
}

/** Block: d, 32 fifth bits (bit i is of weight i), 16 bytes as in Q4_0. Weight = d (q - 16). */
function q5_0(raw: Uint8Array, out: Float32Array): void {
  for (let at = 0, to = 0; to < out.length; at += 22, to += 32) {
    const d = half(raw, at);
    const low = raw[at + 2]! | (raw[at + 3]! << 8);
    const high = raw[at + 4]! | (raw[at + 5]! << 8);
    for (let i = 0; i < 16; i++) {
      const q = raw[at + 6 + i]!;
      out[to + i] = (((q & 15) | (((low >> i) & 1) << 4)) - 16) * d;
      out[to + i + 16] = (((q >> 4) | (((high >> i) & 1) << 4)) - 16) * d;
    }
  }
}

/** Block: d, m, 32 fifth bits, 16 bytes, as in Q5_0. Weight = d q + m. */
function q5_1(raw: Uint8Array, out: Float32Array): void {
  for (let at = 0, to = 0; to < out.length; at += 24, to += 32) {
    const d = half(raw, at);
    const m = half(raw, at + 2);
    const low = raw[at + 4]! | (raw[at + 5]! << 8);
    const high = raw[at + 6]! | (raw[at + 7]! << 8);
    for (let i = 0; i < 16; i++) {
      const q = raw[at + 8 + i]!;
      out[to + i] = ((q & 15) | (((low >> i) & 1) << 4)) * d + m;
      out[to + i + 16] = ((q >> 4) | (((high >> i) & 1) << 4)) * d + m;
    }
  }
}
