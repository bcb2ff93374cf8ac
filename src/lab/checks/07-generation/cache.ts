import { dot, fromMatrices, matricesOf, type Matrix } from "../04-multi-head-attention/matrices";
import { tensorOf, type PlainTensor } from "../plain";

/** What a step of cached attention gives: `out` [H, T, D], and the cache [H, S, D]. */
export interface CachedStep {
  readonly out: PlainTensor;
  readonly keys: PlainTensor;
  readonly values: PlainTensor;
}
export type StepArgs = [
  q: PlainTensor,
  k: PlainTensor,
  v: PlainTensor,
  keys: PlainTensor,
  values: PlainTensor,
  length: number,
];

/** May new token i look at place j, when `length` places were filled before and `time` tokens are new? */
export type Sight = (i: number, j: number, length: number, time: number) => boolean;
export const causal: Sight = (i, j, length) => j <= length + i;

/** One part of a step turned into a mistake. */
export interface Variant {
  readonly sight?: Sight;
  /** What a place out of sight gets for a score: -Infinity without it. */
  readonly hidden?: number;
  readonly scale?: (headDim: number) => number;
  /** Where the first new token is written; `length` without it. */
  readonly place?: (length: number, time: number, size: number) => number;
  /** The new rows are not written at all, or only the keys are. */
  readonly writes?: "none" | "keys";
  /** What happens to the places after the new tokens. */
  readonly after?: "gone" | "zeros" | "all kept before the new ones";
}

/** softmax(q K^T scale) V of one head. */
function attend(q: Matrix, keys: Matrix, values: Matrix, length: number, variant: Variant): number[][] {
  const { sight = causal, hidden = -Infinity, scale = (headDim) => 1 / Math.sqrt(headDim) } = variant;
  return q.map((query, i) => {
    const scores = keys.map((key, j) =>
      sight(i, j, length, q.length) ? dot(query, key) * scale(query.length) : hidden,
    );
    const top = Math.max(...scores);
    const powers = scores.map((score) => Math.exp(score - top));
    const total = powers.reduce((sum, power) => sum + power, 0);
    return query.map((_, d) => powers.reduce((sum, power, j) => sum + (power / total) * values[j]![d]!, 0));
  });
}

/** A cache in which new rows were written; the right way: at `length`, and the rest stays. */
function written(cache: Matrix, fresh: Matrix, length: number, { place, after }: Variant): number[][] {
  const size = cache.length;
  if (after === "all kept before the new ones") return [...cache, ...fresh].map((row) => [...row]);
  const start = place?.(length, fresh.length, size) ?? length;
  const rows = cache.map((row, j) => [...(fresh[j - start] ?? row)]);
  const end = start + fresh.length;
  if (after === "gone") return rows.slice(0, end);
  return after === "zeros" ? rows.map((row, j) => (j >= end ? row.map(() => 0) : row)) : rows;
}

/** A step, head by head, in plain numbers. */
export function cachedStep(
  ...[[q, k, v, keys, values, length], variant = {}]: [StepArgs, Variant?]
): CachedStep {
  const fill = (cache: PlainTensor, fresh: PlainTensor, write: boolean): Matrix[] => {
    const news = matricesOf(fresh);
    return matricesOf(cache).map((rows, h) => (write ? written(rows, news[h]!, length, variant) : rows));
  };
  const allKeys = fill(keys, k, variant.writes !== "none");
  const allValues = fill(values, v, variant.writes === undefined);
  const out = matricesOf(q).map((rows, h) => attend(rows, allKeys[h]!, allValues[h]!, length, variant));
  const together = (heads: readonly Matrix[]): PlainTensor => fromMatrices(heads, [heads.length]);
  return { out: together(out), keys: together(allKeys), values: together(allValues) };
}

/** Causal attention of a whole text without any cache: what reading in pieces must come to. */
export function uncached(q: PlainTensor, k: PlainTensor, v: PlainTensor): PlainTensor {
  const [keys, values] = [matricesOf(k), matricesOf(v)];
  const out = matricesOf(q).map((rows, h) => attend(rows, keys[h]!, values[h]!, 0, {}));
  return fromMatrices(out, [out.length]);
}

/** Places start ... end - 1 of each head. */
export function placesOf(x: PlainTensor, start: number, end: number): PlainTensor {
  const rows = matricesOf(x).map((head) => head.slice(start, end));
  return tensorOf(rows.flat(2), [x.shape[0]!, end - start, x.shape[2]!]);
}
