import { mapRows, rowsOf, sizeOf, tensorOf, type PlainTensor } from "../plain";
import type { Random } from "../random";

/** What float32 makes of a power: above 3.4e38 it is infinity. */
export const exp32 = (v: number): number => Math.fround(Math.exp(v));
export const total = (row: readonly number[]): number => row.reduce((sum, v) => sum + v, 0);
/** NaN in, NaN out, as in tfjs. */
export const largest = (row: readonly number[]): number => Math.max(...row);
export const smallest = (row: readonly number[]): number => Math.min(...row);

/** Softmax of a row in JavaScript's 64 bits, after `shift` was taken away: the right answer, and the mistakes. */
export function softmaxRow(row: readonly number[], shift = largest(row)): number[] {
  const powers = row.map((v) => exp32(v - shift));
  const sum = Math.fround(total(powers));
  return powers.map((p) => p / sum);
}

export const softmaxOf = (x: PlainTensor): PlainTensor => mapRows(x, (row) => softmaxRow(row));

/** The gradient of sum(dy * softmax(x)): p_i (dy_i - sum_j dy_j p_j). */
export function softmaxGradient(x: PlainTensor, dy: PlainTensor): PlainTensor {
  const weights = rowsOf(dy);
  const rows = rowsOf(x).map((row, r) => {
    const p = softmaxRow(row);
    const mean = total(p.map((each, j) => each * weights[r]![j]!));
    return p.map((each, j) => each * (weights[r]![j]! - mean));
  });
  return tensorOf(rows.flat(), x.shape);
}

/** A change of the numbers along any axis; what the change leaves (one number, or all) sets the new size. */
export function alongAxis(
  x: PlainTensor,
  axis: number,
  keepDims: boolean,
  change: (line: number[]) => number,
): PlainTensor {
  const place = axis < 0 ? x.shape.length + axis : axis;
  const length = x.shape[place] ?? 1;
  const inner = sizeOf(x.shape.slice(place + 1));
  const outer = sizeOf(x.shape.slice(0, place));
  const values: number[] = [];
  for (let o = 0; o < outer; o++) {
    for (let i = 0; i < inner; i++) {
      const start = o * length * inner + i;
      values.push(change(Array.from({ length }, (_, k) => x.values[start + k * inner]!)));
    }
  }
  const shape = x.shape.flatMap((n, a) => (a !== place ? [n] : keepDims ? [1] : []));
  return tensorOf(values, shape);
}

/** Numbers from -size to size with two digits, so that a learner can read them. */
export function randomTensor(random: Random, shape: readonly number[], size = 3): PlainTensor {
  const values = Array.from(
    { length: sizeOf(shape) },
    () => Math.round((2 * random.next() - 1) * size * 100) / 100,
  );
  return tensorOf(values, shape);
}

/** One to four axes of one to four each. */
export const randomShape = (random: Random): number[] =>
  Array.from({ length: random.int(1, 4) }, () => random.int(1, 4));
