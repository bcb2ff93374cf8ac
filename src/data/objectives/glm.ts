import { integer, shuffle } from "../../engine";
import type { Rng } from "../../engine";
import { IGNORE } from "../batches";
import { placeSpans, poisson } from "./draw";
import type { Span } from "./draw";

export interface GlmConfig {
  /** [MASK] for short spans, [gMASK] for the end of a document. */
  readonly mask: number;
  readonly documentMask: number;
  /** [START] in the paper, <|startofpiece|> in the code. */
  readonly startOfPiece: number;
  readonly endOfPiece: number;
  /** Share of the ids that is taken out; 0.15. */
  readonly share?: number;
  /** Mean length of a span; 3. */
  readonly meanLength?: number;
}

export interface GlmExample {
  /** Part A, the spoiled text, then Part B, the spans in random order, each after a start token. */
  readonly inputs: Int32Array;
  /** In Part B the next id of the span, an end token after its last; IGNORE in Part A. */
  readonly labels: Int32Array;
  /** First position: the place in Part A; for a span that of its [MASK]. */
  readonly positions: Int32Array;
  /** Second position: 0 in Part A, 1, 2, ... inside a span. */
  readonly blockPositions: Int32Array;
  /**
   * Length of Part A. Part A sees all of Part A and nothing of Part B; Part B sees Part A and what stands before it
   * in Part B.
   */
  readonly partA: number;
}

/** Longest span that is drawn; GLM's code goes up to 39. */
const LONGEST = 39;

/**
 * GLM's autoregressive blank infilling: spans of the text become a [MASK] each and are then written, one after another
 * in random order, from left to right (Du 2022, section 2.1; `ConstructBlockStrategy` in its code).
 *
 * Span lengths come from Poisson(3), from 1 to 39, until they make up int(share * n) ids: their sum may pass it by part
 * of a span. At least one id stays between two spans.
 *
 * @throws RangeError for a text of which the share is less than one id
 */
export function blankInfilling(ids: ArrayLike<number>, config: GlmConfig, rng: Rng): GlmExample {
  const { share = 0.15, meanLength = 3, mask } = config;
  const budget = Math.floor(share * ids.length);
  if (!(share > 0 && share < 1 && budget >= 1))
    throw new RangeError(`blankInfilling: ${share} of ${ids.length} ids is not at least one`);
  let lengths: number[];
  do {
    lengths = [];
    for (let sum = 0; sum < budget;) {
      const length = poisson(rng, meanLength);
      if (length < 1 || length > LONGEST) continue;
      lengths.push(length);
      sum += length;
    }
    // Short texts: spans that do not fit are drawn again (GLM's code leaves the text out).
  } while (lengths.reduce((a, b) => a + b, 0) + lengths.length - 1 > ids.length);
  const spans = placeSpans(shuffle(rng, lengths), ids.length, 1, rng);
  return infillBlanks(
    ids,
    spans,
    shuffle(
      rng,
      Array.from(spans, (_, i) => i),
    ),
    mask,
    config,
  );
}

/**
 * The document form: one span, the end of the text, from half of it to all, under [gMASK]. It teaches to write at
 * length (Du 2022, section 2.2).
 */
export function documentInfilling(ids: ArrayLike<number>, config: GlmConfig, rng: Rng): GlmExample {
  if (ids.length < 2) throw new RangeError(`documentInfilling: ${ids.length} ids are too few`);
  const least = Math.ceil(ids.length / 2);
  const length = least + integer(rng, ids.length - least + 1);
  return infillBlanks(
    ids,
    [{ start: ids.length - length, end: ids.length }],
    [0],
    config.documentMask,
    config,
  );
}

/**
 * Part A and Part B for given spans.
 * @param spans from left to right
 * @param order which span is written first, second, ... in Part B
 */
export function infillBlanks(
  ids: ArrayLike<number>,
  spans: readonly Span[],
  order: readonly number[],
  mask: number,
  { startOfPiece, endOfPiece }: Pick<GlmConfig, "startOfPiece" | "endOfPiece">,
): GlmExample {
  const text = Array.from(ids);
  const partA: number[] = [];
  const maskPlaces: number[] = [];
  let last = 0;
  for (const { start, end } of spans) {
    partA.push(...text.slice(last, start));
    maskPlaces.push(partA.length);
    partA.push(mask);
    last = end;
  }
  partA.push(...text.slice(last));
  const inputs = [...partA];
  const labels = partA.map(() => IGNORE);
  const positions = partA.map((_, i) => i);
  const blockPositions = partA.map(() => 0);
  for (const which of order) {
    const { start, end } = spans[which]!;
    const span = text.slice(start, end);
    inputs.push(startOfPiece, ...span);
    labels.push(...span, endOfPiece);
    for (let i = 0; i <= span.length; i++) {
      positions.push(maskPlaces[which]!);
      blockPositions.push(i + 1);
    }
  }
  return {
    inputs: Int32Array.from(inputs),
    labels: Int32Array.from(labels),
    positions: Int32Array.from(positions),
    blockPositions: Int32Array.from(blockPositions),
    partA: partA.length,
  };
}

/** The original ids: each [MASK] of Part A replaced by the span of Part B that has its position. */
export function restoreBlanks({ inputs, labels, positions, partA }: GlmExample, mask: number): number[] {
  const spans = new Map<number, number[]>();
  for (let i = partA; i < inputs.length; i++) {
    const place = positions[i]!;
    const ends = i + 1 === inputs.length || positions[i + 1] !== place;
    const span = spans.get(place) ?? [];
    spans.set(place, ends ? span : [...span, labels[i]!]);
  }
  return Array.from(inputs.subarray(0, partA)).flatMap((id, i) =>
    id === mask ? (spans.get(i) ?? []) : [id],
  );
}
