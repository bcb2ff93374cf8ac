import type { Random } from "../random";

/** As in labs/06-pretraining.ts. */
export const IGNORE = -100;
export interface Span {
  readonly start: number;
  readonly end: number;
}
export interface Example {
  readonly inputs: number[];
  readonly labels: number[];
}

export const sum = (values: readonly number[]): number => values.reduce((total, each) => total + each, 0);
export const mean = (values: readonly number[]): number => sum(values) / values.length;

/** Ids from `low` to `high`, both included. */
export const randomIds = (random: Random, count: number, low: number, high: number): number[] =>
  Array.from({ length: count }, () => random.int(low, high));

/** One to three spans with at least one id between them, anywhere in a text of `length`. */
export function randomSpans(random: Random, length: number): Span[] {
  const spans: Span[] = [];
  let at = random.int(0, 2);
  while (spans.length < 3 && at < length) {
    const end = Math.min(length, at + random.int(1, 3));
    spans.push({ start: at, end });
    at = end + random.int(1, 3);
  }
  return spans;
}
