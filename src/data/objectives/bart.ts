import { integer, shuffle, uniform } from "../../engine";
import type { Rng } from "../../engine";
import { shiftRight } from "./causal";
import { placeSpans, poisson } from "./draw";
import type { Span } from "./draw";
import type { Seq2SeqExample } from "./spans";

/**
 * BART's five ways to spoil a text (Lewis 2020, section 2.2, figure 2). Each takes ids without start and end tokens and
 * gives spoiled ones; `denoising` makes an example of the two.
 */

/** Token masking: a share of the ids becomes [MASK], each on its own. */
export function maskTokens(ids: ArrayLike<number>, mask: number, share: number, rng: Rng): number[] {
  const chosen = choose(ids.length, share, rng);
  return Array.from(ids, (id, i) => (chosen.has(i) ? mask : id));
}

/** Token deletion: a share of the ids is gone, and the model must find out where. */
export function deleteTokens(ids: ArrayLike<number>, share: number, rng: Rng): number[] {
  const chosen = choose(ids.length, share, rng);
  return Array.from(ids).filter((_, i) => !chosen.has(i));
}

/**
 * Text infilling: spans with lengths from Poisson(3) become one [MASK] each; a span of length 0 is a [MASK] that stands
 * for nothing. Lengths are drawn until they make up ceil(share * n) ids, the last one cut to fit, as in fairseq's
 * `add_whole_word_mask`.
 *
 * Departure: spans here never overlap; fairseq's may run into each other, so that it takes out a little less.
 *
 * @returns the spoiled ids, and what each [MASK] stands for, from left to right
 */
export function infillText(
  ids: ArrayLike<number>,
  mask: number,
  share: number,
  rng: Rng,
  meanLength = 3,
): { readonly ids: number[]; readonly spans: readonly Span[] } {
  expectShare("infillText", share);
  if (!(meanLength > 0)) throw new RangeError(`infillText: meanLength must be above 0, got ${meanLength}`);
  const budget = Math.ceil(ids.length * share);
  const lengths: number[] = [];
  for (let sum = 0; sum < budget;) {
    const length = Math.min(poisson(rng, meanLength), budget - sum);
    lengths.push(length);
    sum += length;
  }
  const spans = placeSpans(lengths, ids.length, 0, rng);
  const text = Array.from(ids);
  const out: number[] = [];
  let last = 0;
  for (const { start, end } of spans) {
    out.push(...text.slice(last, start), mask);
    last = end;
  }
  return { ids: [...out, ...text.slice(last)], spans };
}

/** Sentence permutation: sentences, each up to and with an id that ends one, in random order. */
export function permuteSentences(
  ids: ArrayLike<number>,
  endsSentence: (id: number) => boolean,
  rng: Rng,
): number[] {
  const sentences: number[][] = [[]];
  const text = Array.from(ids);
  text.forEach((id, i) => {
    sentences.at(-1)!.push(id);
    // "..." is one end: a sentence begins with an id that ends none. (fairseq cuts after the first of the dots.)
    if (endsSentence(id) && i + 1 < text.length && !endsSentence(text[i + 1]!)) sentences.push([]);
  });
  return shuffle(rng, sentences).flat();
}

/** Document rotation: the text begins at a random id, and what stood before it follows at the end. */
export function rotateDocument(ids: ArrayLike<number>, rng: Rng): number[] {
  const text = Array.from(ids);
  if (text.length === 0) return text;
  const start = integer(rng, text.length);
  return [...text.slice(start), ...text.slice(0, start)];
}

/**
 * An example for an encoder-decoder model: from the spoiled text, the whole one. BART's rows are <s> text </s>, and its
 * decoder starts with </s>.
 */
export function denoising(
  spoiled: ArrayLike<number>,
  ids: ArrayLike<number>,
  { start, end, pad }: { readonly start: number; readonly end: number; readonly pad: number },
): Seq2SeqExample {
  const labels = Int32Array.from([start, ...Array.from(ids), end]);
  return {
    inputs: Int32Array.from([start, ...Array.from(spoiled), end]),
    decoderInputs: shiftRight(labels, end, pad),
    labels,
  };
}

/** Each place with the same chance, on its own. */
function choose(length: number, share: number, rng: Rng): Set<number> {
  expectShare("choose", share);
  const chosen = new Set<number>();
  for (let i = 0; i < length; i++) if (uniform(rng) < share) chosen.add(i);
  return chosen;
}

function expectShare(who: string, share: number): void {
  if (!(share >= 0 && share <= 1)) throw new RangeError(`${who}: share must lie in [0, 1], got ${share}`);
}
