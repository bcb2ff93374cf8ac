import { fork, normalTensor, tf } from "../../engine";
import type { Rng } from "../../engine";
import { expectPlaces } from "./learned";
import { embed } from "../../ops";

/**
 * Positions in two dimensions (Du et al. 2022, GLM, section 2.1.2). GLM cuts spans out of a text. What is left, Part A,
 * has one [MASK] where each span was; Part B holds the spans, each behind a [START], in any order. The first position
 * says where in Part A a token stands, or its span's [MASK]; the second says where in its span. So a model cannot see
 * how long a blank is before it has filled it.
 */
export interface GlmLayout {
  /** Tokens of Part A, each [MASK] counted as one. */
  readonly partA: number;
  /** The spans in the order in which Part B holds them. */
  readonly spans: readonly GlmSpan[];
}

export interface GlmSpan {
  /** Where in Part A this span's [MASK] stands, from 0. */
  readonly mask: number;
  /** Tokens of the span, its [START] not counted. */
  readonly length: number;
}

export interface GlmPositions {
  /** Place in Part A, from 0; for tokens of Part B the place of their [MASK]. */
  readonly first: readonly number[];
  /** 0 in Part A; in each span 1 for [START], then 2, 3, ... */
  readonly second: readonly number[];
}

/**
 * Both positions of every token, Part A first. The paper's figure 2 counts the first position from 1; it counts from 0
 * here, as all positions of this library and GLM's published code do.
 *
 * @throws RangeError that names a span whose [MASK] lies outside Part A or is another's, or whose length is no size
 */
export function glmPositions({ partA, spans }: GlmLayout): GlmPositions {
  if (!isSize(partA)) throw new RangeError(`glm2d: Part A has ${partA} tokens`);
  spans.forEach(({ mask, length }, i) => {
    if (!isSize(mask) || mask >= partA)
      throw new RangeError(`glm2d: the [MASK] of span ${i} is at ${mask}, outside Part A, 0 to ${partA - 1}`);
    if (!isSize(length)) throw new RangeError(`glm2d: span ${i} has ${length} tokens`);
    const other = spans.findIndex((span) => span.mask === mask);
    if (other < i) throw new RangeError(`glm2d: spans ${other} and ${i} have the same [MASK], at ${mask}`);
  });
  const first = Array.from({ length: partA }, (_, i) => i);
  const second = new Array<number>(partA).fill(0);
  for (const { mask, length } of spans) {
    for (let i = 0; i <= length; i++) {
      first.push(mask);
      second.push(i + 1);
    }
  }
  return { first, second };
}

const isSize = (n: number): boolean => Number.isInteger(n) && n >= 0;

export interface Glm2dParams {
  /** float32 [places, C] */
  readonly first: tf.Tensor;
  /** float32 [places, C] */
  readonly second: tf.Tensor;
}

/**
 * @param places rows of each table: the longest Part A, and the longest span with its [START] and its 0 for Part A
 * @param deviation of the first numbers; GLM: 0.02
 */
export function initGlm2d(rng: Rng, places: number, width: number, deviation = 0.02): Glm2dParams {
  const table = (name: string): tf.Tensor => normalTensor(fork(rng, name), [places, width], deviation);
  return { first: table("first"), second: table("second") };
}

/**
 * The sum of two learned rows, to be added to the embedding of tokens.
 *
 * @param first int32 [...]
 * @param second int32 [...], of the same shape
 * @returns float32 [..., C]
 * @throws RangeError beyond a table (in compiled functions and on WebGPU such a row is NaN), or where shapes differ
 */
export function glm2d(params: Glm2dParams, first: tf.Tensor, second: tf.Tensor): tf.Tensor {
  if (String(first.shape) !== String(second.shape))
    throw new RangeError(`glm2d: first [${first.shape.join(", ")}], second [${second.shape.join(", ")}]`);
  expectPlaces("glm2d: first", first, params.first);
  expectPlaces("glm2d: second", second, params.second);
  return tf.tidy(() => embed(first, params.first).add(embed(second, params.second)));
}
