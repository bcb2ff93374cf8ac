import * as hlo from "./hlo";
import type { Value } from "./trace";

/**
 * One row times a matrix, y = x W: what a decoding step consists of (a few rows go the same way). Each weight is used once, so the time is that of
 * reading them, and XLA's own product of a row (`dot`) reads with one thread. Written as elementwise work the same
 * product is compiled to a loop over blocks of inputs, with vectors along the outputs, that all threads share:
 *
 *     part[g, n] = sum over j < 16 of x[16 g + j] w[16 g + j, n]        one fused loop, the terms written out
 *     y[n]       = sum over g of part[g, n]                             a reduction of what is left, a 16th
 *
 * Sixteen terms were measured as the best number (SmolLM2's sizes, 2 threads of Zen 4): eight leave a reduction that is
 * twice as long, and with 32 there are more rows and factors than vector registers, so the loop is not vectorised and
 * takes five times as long. They are added in pairs, and pairs of pairs: one long chain of additions, each of which waits
 * for the one before, costs a third more time where weights are packed. W may have any form whose term `j` is some
 * elementwise function of what is in memory, so packed weights are unpacked in the registers (packed.ts).
 */
export const blockSize = 16;

/** Weights of input j of each block, f32 [K / 16, 1, N]; `unit` times too large, a power of two, where that saves work. */
export interface Term {
  readonly weights: Value;
  readonly unit?: number;
}

/**
 * A program is compiled in a time that grows with its operations, and these are most of a decoder's: so no axis of one
 * is taken away only to come back, and the units of all terms are one multiplication of x.
 *
 * @param x f32 [M, K], K a multiple of 16; each of the M rows reads (and unpacks) the weights anew, so M is small
 * @param outputs N
 * @param term for j from 0 to 15
 * @param finish what is done to the sums of the blocks, f32 [M, K / 16, 1, N], before they are added up
 * @returns f32 [M, N]
 */
export function rowProduct(
  x: Value,
  outputs: number,
  term: (j: number) => Term,
  finish: (parts: Value) => Value = (parts) => parts,
): Value {
  const [rows, inputs] = x.shape as [number, number];
  const blocks = inputs / blockSize;
  const shape = [rows, blocks, 1, outputs];
  const terms = Array.from({ length: blockSize }, (_, j) => term(j));
  const split = inUnits(hlo.reshape(x, [rows, blocks, blockSize]), terms); // [M, G, 16]
  const products = terms.map(({ weights }, j) => {
    const own = hlo.slice(split, [0, 0, j], [rows, blocks, j + 1]); // [M, G, 1]
    const each = hlo.broadcastInDim(weights, shape, [1, 2, 3]);
    return hlo.binary("multiply", each, hlo.broadcastInDim(own, shape, [0, 1, 2])); // [M, G, 1, N]
  });
  return hlo.reduce("add", finish(pairwise(products)), [1, 2], 0); // [M, N]
}

/** x [M, G, 16], each of the 16 in the unit of its term. */
function inUnits(split: Value, terms: readonly Term[]): Value {
  const factors = terms.map(({ unit = 1 }) => 1 / unit);
  if (factors.every((factor) => factor === 1)) return split;
  const row = hlo.constants(factors, [blockSize], "f32");
  return hlo.binary("multiply", split, hlo.broadcastInDim(row, split.shape, [2]));
}

/** The sum, in pairs and pairs of pairs. */
function pairwise(values: readonly Value[]): Value {
  if (values.length === 1) return values[0] as Value;
  const half = values.length / 2;
  return hlo.binary("add", pairwise(values.slice(0, half)), pairwise(values.slice(half)));
}

/**
 * Smaller matrices are left to `dot`: a second thread does not pay there (the lab's character model, 49 k to 196 k
 * numbers a matrix, takes 3.8 ms a step with `dot` and 5.4 with blocks), and each block is compiled anew.
 */
const leastSize = 2 ** 19;

/**
 * Whether `a` [1, K] times `b` [K, N], both plain f32, is computed so. A transpose of what is in memory is better left to
 * `dot`, which reads it along its rows.
 */
export function takesBlocks(a: Value, b: Value): boolean {
  const [inputs, outputs] = b.shape as [number, number];
  return (
    a.type === "f32" &&
    !b.turned &&
    hlo.sizeOf(a.shape) === inputs &&
    inputs % blockSize === 0 &&
    inputs * outputs >= leastSize
  );
}

/** The row product with a plain matrix. */
export function plainRowProduct(a: Value, b: Value): Value {
  const [inputs, outputs] = b.shape as [number, number];
  const blocks = inputs / blockSize;
  const rows = hlo.reshape(b, [blocks, blockSize, outputs]); // [G, 16, N]
  const term = (j: number): Term => ({
    weights: hlo.slice(rows, [0, j, 0], [blocks, j + 1, outputs]), // [G, 1, N]
  });
  return rowProduct(hlo.reshape(a, [1, inputs]), outputs, term);
}
