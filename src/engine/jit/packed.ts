import { tf } from "../tf";
import { tensorOf, valueOf } from "./backend";
import { blockSize, rowProduct } from "./blocked";
import type { Term } from "./blocked";
import * as hlo from "./hlo";
import { matMul } from "./rules/matmul";
import { tracing } from "./trace";
import type { Value } from "./trace";

/**
 * Weights of 16, 8 or 4 bits, several in each word of 32, and products with them. A decoding step takes as long as
 * reading the weights does; a quarter of the bits is read in less time, even though each weight must be unpacked.
 */
export interface PackedCodes {
  /**
   * int32 [I / 16, bits / 2, O], the weights of a matrix [I, O]: in block g and word w lie the weights of inputs
   * 16 g + w 32 / bits + j, the first in the lowest bits. 16 bits are the upper half of a float32 (bfloat16), 8 bits a
   * number from -128 to 127, 4 bits one from 0 to 15.
   */
  readonly codes: tf.Tensor;
  /** float32 [I / 32, O], of 8 and 4 bits: what the numbers of 32 inputs are multiplied by. */
  readonly scale?: tf.Tensor | undefined;
  /** float32 [I / 32, O], of 4 bits: what is then added. */
  readonly least?: tf.Tensor | undefined;
}

/** Inputs that share a scale: as in GGML's blocks. */
export const groupSize = 32;

/** Bits of a weight, and the matrix' shape [I, O]. */
export function packedShape({ codes }: PackedCodes): { bits: 4 | 8 | 16; inputs: number; outputs: number } {
  const [blocks, words, outputs] = codes.shape as [number, number, number];
  return { bits: (words * 2) as 4 | 8 | 16, inputs: blocks * blockSize, outputs };
}

/**
 * x W with packed W. Its gradient is that of x alone: packed weights are not trained.
 * @param x float32 [M, I]
 * @returns float32 [M, O]
 */
export function packedMatMul(x: tf.Tensor, packed: PackedCodes): tf.Tensor {
  const op = tf.customGrad((given: tf.Tensor | tf.GradSaveFunc) => ({
    value: product(given as tf.Tensor, packed),
    gradFunc: (dy: tf.Tensor) => tf.tidy(() => tf.matMul(dy, unpack(packed), false, true)),
  }));
  return op(x);
}

/**
 * Up to so many rows each unpack the weights for themselves: that takes less time than writing all weights out for one
 * large product, which costs as much as ten rows (measured: 4 bits, 1 row 2.8 ms, 8 rows 10.1 ms; written out 15 ms).
 */
const mostFewRows = 12;

function product(x: tf.Tensor, packed: PackedCodes): tf.Tensor {
  if (!tracing()) return tf.tidy(() => tf.matMul(x, unpack(packed)));
  const rows = valueOf(x);
  const [count] = rows.shape as [number];
  if (count > mostFewRows) {
    const whole = valueOf(unpack(packed));
    return tensorOf(matMul(rows, whole, { transposeA: false, transposeB: false }));
  }
  return tensorOf(packedRows(rows, packed));
}

/** Few rows, f32 [M, I] to [M, O], with weights that are unpacked where they are used (blocked.ts). */
function packedRows(x: Value, packed: PackedCodes): Value {
  const { bits, inputs, outputs } = packedShape(packed);
  const blocks = inputs / blockSize;
  const codes = valueOf(packed.codes);
  const perWord = 32 / bits;
  const words = Array.from(
    { length: bits / 2 },
    (_, w) => hlo.slice(codes, [0, w, 0], [blocks, w + 1, outputs]), // [G, 1, N]
  );
  const term = (j: number): Term => number(words[Math.floor(j / perWord)] as Value, j % perWord, bits);
  // A scale belongs to 32 inputs, so to two blocks. It multiplies their sums, not each weight.
  const rows = x.shape[0] as number;
  const shape = [rows, blocks, 1, outputs];
  const spread = (groups: tf.Tensor): Value =>
    hlo.reshape(
      hlo.broadcastInDim(valueOf(groups), [rows, blocks / 2, 2, outputs], [1, 3]), // [M, I / 32, 2, N]
      shape,
    );
  const { scale, least } = packed;
  return rowProduct(x, outputs, term, (parts) => {
    const scaled = scale ? hlo.binary("multiply", parts, spread(scale)) : parts;
    if (!least) return scaled;
    const sums = hlo.reduce("add", hlo.reshape(x, [rows, blocks, blockSize]), [2], 0); // [M, G]
    const added = hlo.binary("multiply", spread(least), hlo.broadcastInDim(sums, shape, [0, 1]));
    return hlo.binary("add", scaled, added); // sum of x (scale q + least)
  });
}

/**
 * Number `j` of each word, as f32. A number is not moved to the word's lowest bits where that can be saved: the others
 * are masked, and `unit` says what its lowest bit counts. Each operation left out counts here: 4 bits take a mask, a
 * conversion, a multiplication and an addition a weight.
 */
function number(word: Value, j: number, bits: 4 | 8 | 16): Term {
  const all = (n: number): Value => hlo.constant(n, word.shape, "i32");
  if (bits === 4) {
    if (j === 7) return { weights: hlo.convert(hlo.binary("shift_right_logical", word, all(28)), "f32") };
    const unit = 2 ** (4 * j);
    return { weights: hlo.convert(hlo.binary("and", word, all(15 * unit)), "f32"), unit };
  }
  // In the highest bits, where the sign is.
  const above = 32 - bits * (j + 1);
  const top = above === 0 ? word : hlo.binary("shift_left", word, all(above));
  const alone = j === 0 ? top : hlo.binary("and", top, all(-(2 ** (32 - bits))));
  if (bits === 16) return { weights: hlo.bitcast(alone, "f32") };
  return { weights: hlo.convert(alone, "f32"), unit: 2 ** 24 };
}

/**
 * The matrix itself, float32 [I, O]. Where many rows are multiplied, and where no compiler is, this is done first.
 */
export function unpack(packed: PackedCodes): tf.Tensor {
  const { bits, inputs, outputs } = packedShape(packed);
  const { codes, scale, least } = packed;
  return tf.tidy(() => {
    const [blocks, words] = codes.shape as [number, number];
    const numbers = tracing() ? splitCompiled(codes, bits) : splitEager(codes, bits); // [G, W, 32 / bits, N]
    if (!scale) return numbers.reshape([inputs, outputs]);
    const groups = numbers.reshape([blocks / 2, 2 * words * (32 / bits), outputs]); // [I / 32, 32, N]
    const scaled = groups.mul(scale.expandDims(1));
    return (least ? scaled.add(least.expandDims(1)) : scaled).reshape([inputs, outputs]);
  });
}

/** The numbers of each word: int32 [G, W, N] to float32 [G, W, 32 / bits, N]. */
function splitCompiled(codes: tf.Tensor, bits: 4 | 8 | 16): tf.Tensor {
  const [blocks, words, outputs] = codes.shape as [number, number, number];
  const shape = [blocks, words, 32 / bits, outputs];
  const repeated = hlo.broadcastInDim(valueOf(codes), shape, [0, 1, 3]);
  const place = hlo.iota(shape, 2);
  const all = (n: number): Value => hlo.constant(n, shape, "i32");
  const above = hlo.binary("subtract", all(32 - bits), hlo.binary("multiply", place, all(bits)));
  const top = hlo.binary("shift_left", repeated, above); // the number in the highest bits
  if (bits === 16) return tensorOf(hlo.bitcast(hlo.binary("and", top, all(-65536)), "f32"));
  const shift = bits === 8 ? "shift_right_arithmetic" : "shift_right_logical";
  return tensorOf(hlo.convert(hlo.binary(shift, top, all(32 - bits)), "f32"));
}

/**
 * The same on an engine without a compiler: tfjs shifts no bits there, so it is a long division, the highest number of a
 * word first. WebGPU and wasm divide integers as float32, which may be one off; the remainder says so.
 */
function splitEager(codes: tf.Tensor, bits: 4 | 8 | 16): tf.Tensor {
  const int = (n: number): tf.Scalar => tf.scalar(n, "int32");
  const where = (condition: tf.Tensor, n: number): tf.Tensor => condition.cast("int32").mul(int(n));
  const numbers: tf.Tensor[] = [];
  let rest = codes; // negative only at first: the sign is the highest bit of the highest number
  for (let j = 32 / bits - 1; j > 0; j--) {
    const unit = 2 ** (bits * j);
    const near = tf.floorDiv(rest, int(unit));
    const over = rest.sub(near.mul(int(unit)));
    const [less, more] = [tf.less(over, int(0)), tf.greaterEqual(over, int(unit))];
    numbers.unshift(near.add(where(more, 1)).sub(where(less, 1)));
    rest = over.sub(where(more, unit)).add(where(less, unit));
  }
  const top = numbers.pop() as tf.Tensor;
  numbers.push(top.add(where(tf.less(top, int(0)), 2 ** bits)));
  const split = tf.stack([rest, ...numbers], 2); // [G, W, 32 / bits, N], each from 0 to 2^bits - 1
  if (bits === 16) return tf.gather(bfloat16Table(), split);
  if (bits === 4) return split.cast("float32");
  return split.sub(where(tf.greaterEqual(split, int(128)), 256)).cast("float32");
}

/** All bfloat16 numbers by their bits: float32 [65536]. */
function bfloat16Table(): tf.Tensor1D {
  const bits = Uint32Array.from({ length: 65536 }, (_, code) => code << 16);
  return tf.tensor1d(new Float32Array(bits.buffer));
}
