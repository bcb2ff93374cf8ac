/** Least squares and its gradient in plain numbers, for the checks of two exercises. */
import { dot, sum } from "./numbers";

export interface Examples {
  readonly xs: readonly (readonly number[])[];
  readonly ys: readonly number[];
}

/** X^T X, [D][D]. */
export const gram = (xs: Examples["xs"], size: number): number[][] =>
  Array.from({ length: size }, (_, a) =>
    Array.from({ length: size }, (__, b) => sum(xs.map((x) => x[a]! * x[b]!))),
  );

/** X^T y, [D]. */
export const moments = ({ xs, ys }: Examples, size: number): number[] =>
  Array.from({ length: size }, (_, a) => sum(xs.map((x, i) => x[a]! * ys[i]!)));

/** A z = b by elimination with the largest pivot. */
export function solved(matrix: readonly (readonly number[])[], right: readonly number[]): number[] {
  const rows = matrix.map((row, i) => [...row, right[i]!]);
  rows.forEach((_, c) => {
    const pivot = rows.slice(c).reduce((best, row, i) => (Math.abs(row[c]!) > Math.abs(rows[best]![c]!) ? c + i : best), c); // prettier-ignore
    [rows[c], rows[pivot]] = [rows[pivot]!, rows[c]!];
    const top = rows[c]!;
    rows.forEach((row, r) => {
      if (r !== c) rows[r] = row.map((value, k) => value - (top[k]! * row[c]!) / top[c]!);
    });
  });
  return rows.map((row, i) => row[rows.length]! / row[i]!);
}

/** Of the mean of (w . x - y)^2. */
export const gradient = (w: readonly number[], { xs, ys }: Examples): number[] =>
  w.map((_, a) => (2 * sum(xs.map((x, i) => (dot(x, w) - ys[i]!) * x[a]!))) / xs.length);

/** H v, with H = mean of 2 x x^T. */
export const curved = ({ xs }: Examples, v: readonly number[]): number[] =>
  v.map((_, a) => (2 * sum(xs.map((x) => x[a]! * dot(x, v)))) / xs.length);
