import { groupSize, packedMatMul, packedShape, tf, unpack } from "../engine";
import type { PackedCodes } from "../engine";

/**
 * Weights in fewer bits, for models that only read and write. A packed weight is plain data, a record of tensors, and
 * stands where a weight [I, O] does: `linear`, and with it `dense`, takes both.
 *
 * - bf16: the upper half of each float32, 8 bits of mantissa. 2 bytes a weight.
 * - int8: 32 inputs share a scale, w = scale q, q from -127 to 127. 9/8 bytes a weight. GGML's Q8_0.
 * - int4: 32 inputs share a scale and a least weight, w = scale q + least, q from 0 to 15. 3/4 bytes. GGML's Q4_1.
 */
export type PackedWeight = PackedCodes;

export type PackedKind = "bf16" | "int8" | "int4";

/** A matrix [I, O] as it is multiplied with. */
export type Weight = tf.Tensor | PackedWeight;

export const isPacked = (weight: unknown): weight is PackedWeight =>
  typeof weight === "object" &&
  weight !== null &&
  !(weight instanceof tf.Tensor) &&
  (weight as Partial<PackedWeight>).codes instanceof tf.Tensor;

const kinds = { 16: "bf16", 8: "int8", 4: "int4" } as const;
const bitsOf = { bf16: 16, int8: 8, int4: 4 } as const;

export const packedKind = (weight: PackedWeight): PackedKind => kinds[packedShape(weight).bits];

/** [I, O] */
export function weightShape(weight: Weight): [inputs: number, outputs: number] {
  if (!isPacked(weight)) return weight.shape as [number, number];
  const { inputs, outputs } = packedShape(weight);
  return [inputs, outputs];
}

/** The float32 tensor [I, O] that it stands for, a new one. */
export const unpackWeight = (weight: PackedWeight): tf.Tensor => unpack(weight);

/**
 * Rows of its transpose, which is how a packed table of tokens is looked up: only these are unpacked.
 * @param at int32 [N], each from 0 to O - 1
 * @returns float32 [N, I]
 */
export function packedRows(weight: PackedWeight, at: tf.Tensor): tf.Tensor {
  const ids = at as tf.Tensor1D;
  return tf.tidy(() => {
    // tfjs' WebGPU engine gathers integers as float32, which has not all the bits of a word.
    if (tf.getBackend() === "webgpu") return tf.gather(unpack(weight), ids, 1).transpose();
    const { codes, scale, least } = weight;
    return unpack({
      codes: tf.gather(codes, ids, 2), // [I / 16, bits / 2, N]
      scale: scale && tf.gather(scale, ids, 1),
      least: least && tf.gather(least, ids, 1),
    }).transpose();
  });
}

/** x W for packed W: x float32 [M, I] to [M, O]. */
export const packedProduct = (x: tf.Tensor, weight: PackedWeight): tf.Tensor => packedMatMul(x, weight);

/** Numbers of a matrix [I, O] as they are packed, row-major; scales and least weights [I / 32, O]. */
export interface Quantised {
  readonly shape: readonly [inputs: number, outputs: number];
  /** [I, O]: the bits of a bfloat16, -128 to 127, or 0 to 15. */
  readonly numbers: ArrayLike<number>;
  readonly scale?: Float32Array;
  readonly least?: Float32Array;
}

/** @throws RangeError where inputs do not come in whole groups of 32 */
export function packNumbers(kind: PackedKind, { shape, numbers, scale, least }: Quantised): PackedWeight {
  const [inputs, outputs] = shape;
  if (!canPack(shape)) throw new RangeError(`pack: ${inputs} inputs are not whole groups of ${groupSize}`);
  const bits = bitsOf[kind];
  const perWord = 32 / bits;
  const mask = bits === 16 ? 0xffff : bits === 8 ? 0xff : 0xf;
  const words = new Int32Array((inputs / perWord) * outputs); // [I / perWord, O], which is [I / 16, bits / 2, O]
  for (let i = 0, at = 0; i < inputs; i++) {
    const to = Math.floor(i / perWord) * outputs;
    const shift = (i % perWord) * bits;
    for (let o = 0; o < outputs; o++, at++) words[to + o]! |= ((numbers[at] as number) & mask) << shift;
  }
  const groups = [inputs / groupSize, outputs] as [number, number];
  return {
    codes: tf.tensor3d(words, [inputs / 16, bits / 2, outputs], "int32"),
    ...(scale ? { scale: tf.tensor2d(scale, groups) } : {}),
    ...(least ? { least: tf.tensor2d(least, groups) } : {}),
  };
}

/** Whether a matrix of this shape can be packed: its inputs are whole groups of 32. */
export const canPack = (shape: readonly number[]): boolean =>
  shape.length === 2 && (shape[0] as number) > 0 && (shape[0] as number) % groupSize === 0;

/**
 * The nearest packed weight.
 * @param weight float32 [I, O], I a multiple of 32; stays the caller's
 * @throws RangeError for another shape
 */
export async function packWeight(weight: tf.Tensor, kind: PackedKind): Promise<PackedWeight> {
  const shape = weight.shape as [number, number];
  if (!canPack(shape))
    throw new RangeError(
      `pack: a weight must be [I, O] with I a multiple of ${groupSize}, got [${shape.join(", ")}]`,
    );
  const values = (await weight.data()) as Float32Array;
  return packNumbers(kind, kind === "bf16" ? narrowed(values, shape) : inGroups(values, shape, kind));
}

/** Rounds to the nearest bfloat16, halves to even; NaN stays NaN. */
function narrowed(values: Float32Array, shape: readonly [number, number]): Quantised {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const numbers = new Uint16Array(values.length);
  for (let i = 0; i < numbers.length; i++) {
    const b = bits[i] as number;
    numbers[i] = (b & 0x7fffffff) > 0x7f800000 ? 0x7fc0 : (b + 0x7fff + ((b >>> 16) & 1)) >>> 16;
  }
  return { shape, numbers };
}

function inGroups(values: Float32Array, shape: readonly [number, number], kind: "int8" | "int4"): Quantised {
  const [inputs, outputs] = shape;
  const count = (inputs / groupSize) * outputs;
  const numbers = new Int8Array(values.length);
  const [scale, least] = [new Float32Array(count), new Float32Array(count)];
  const high = new Float32Array(outputs);
  const low = new Float32Array(outputs);
  // Along the rows of memory, all groups of 32 of these rows side by side.
  for (let first = 0; first < inputs; first += groupSize) {
    high.fill(-Infinity);
    low.fill(Infinity);
    const [from, to] = [first * outputs, (first + groupSize) * outputs];
    for (let at = from; at < to; at += outputs)
      for (let o = 0; o < outputs; o++) {
        const value = values[at + o] as number;
        if (value > high[o]!) high[o] = value;
        if (value < low[o]!) low[o] = value;
      }
    const group = (first / groupSize) * outputs;
    for (let o = 0; o < outputs; o++) {
      const [top, bottom] = [high[o] as number, low[o] as number];
      scale[group + o] = kind === "int8" ? Math.max(-bottom, top) / 127 : (top - bottom) / 15;
      least[group + o] = kind === "int8" ? 0 : bottom;
    }
    for (let at = from; at < to; at += outputs)
      for (let o = 0; o < outputs; o++) {
        const step = scale[group + o] as number;
        if (step === 0) continue;
        const number = Math.round(((values[at + o] as number) - (least[group + o] as number)) / step);
        numbers[at + o] = kind === "int8" ? number : Math.min(15, number);
      }
  }
  return { shape, numbers, scale, ...(kind === "int4" ? { least } : {}) };
}
