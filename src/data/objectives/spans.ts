import type { Rng } from "../../engine";
import { shiftRight } from "./causal";
import { randomLengths, roundHalfEven } from "./draw";
import type { Span } from "./draw";

export interface SpanConfig {
  /** Sentinel ids in the order of their use: T5's <extra_id_0>, <extra_id_1>, ... are 32099, 32098, ... */
  readonly sentinels: readonly number[];
  /** Ends inputs and targets. */
  readonly end: number;
  /** T5's decoder starts with the padding token. */
  readonly pad: number;
  /** Share of the ids that is taken out; 0.15. */
  readonly density?: number;
  /** Mean length of a span; 3. */
  readonly meanLength?: number;
}

/** For an encoder-decoder model. */
export interface Seq2SeqExample {
  /** What the encoder reads. */
  readonly inputs: Int32Array;
  /** What the decoder reads: the labels, one place later. */
  readonly decoderInputs: Int32Array;
  readonly labels: Int32Array;
}

/**
 * T5's span corruption: each span of the text that is taken out becomes one sentinel, and the target tells them all,
 * each after its sentinel (Raffel 2020, section 3.1.4 and figure 2).
 *
 *     Thank you <X> me to your party <Y> week .     <X> for inviting <Y> last
 *
 * As t5's code does it the target ends with the end token; the paper's figure shows one more sentinel before that.
 *
 * @throws RangeError for fewer than two ids, or more spans than sentinels
 */
export function spanCorruption(ids: ArrayLike<number>, config: SpanConfig, rng: Rng): Seq2SeqExample {
  const { density = 0.15, meanLength = 3 } = config;
  return corruptSpans(ids, noiseSpans(ids.length, density, meanLength, rng), config);
}

/** The same for given spans, in order, with at least one id between them. */
export function corruptSpans(
  ids: ArrayLike<number>,
  spans: readonly Span[],
  { sentinels, end, pad }: SpanConfig,
): Seq2SeqExample {
  if (spans.length > sentinels.length)
    throw new RangeError(`spanCorruption: ${spans.length} spans, and only ${sentinels.length} sentinels`);
  const text = Array.from(ids);
  const inputs: number[] = [];
  const labels: number[] = [];
  let last = 0;
  spans.forEach(({ start, end: stop }, i) => {
    inputs.push(...text.slice(last, start), sentinels[i]!);
    labels.push(sentinels[i]!, ...text.slice(start, stop));
    last = stop;
  });
  inputs.push(...text.slice(last), end);
  labels.push(end);
  return {
    inputs: Int32Array.from(inputs),
    decoderInputs: shiftRight(labels, pad, pad),
    labels: Int32Array.from(labels),
  };
}

/**
 * Which ids are noise (t5's `random_spans_noise_mask`): round(length * density) of them in round(that / meanLength)
 * spans, both numbers fixed by the length. Spans of text and of noise alternate, text first, noise last; all ways to do
 * so are as likely. There are at most as many spans as ids left in the text (a later fix in seqio).
 */
export function noiseSpans(length: number, density: number, meanLength: number, rng: Rng): Span[] {
  const { noise, spans } = spanCounts(length, density, meanLength);
  const noiseLengths = randomLengths(noise, spans, rng);
  const textLengths = randomLengths(length - noise, spans, rng);
  let at = 0;
  return noiseLengths.map((size, i) => {
    const start = at + textLengths[i]!;
    at = start + size;
    return { start, end: at };
  });
}

function spanCounts(length: number, density: number, meanLength: number): { noise: number; spans: number } {
  if (length < 2) throw new RangeError(`spanCorruption: ${length} ids cannot be text and noise`);
  if (!(density > 0 && density < 1))
    throw new RangeError(`spanCorruption: density must lie in (0, 1), got ${density}`);
  if (!(meanLength >= 1))
    throw new RangeError(`spanCorruption: meanLength must be 1 or more, got ${meanLength}`);
  const noise = Math.min(Math.max(roundHalfEven(length * density), 1), length - 1);
  const spans = Math.min(Math.max(roundHalfEven(noise / meanLength), 1), length - noise);
  return { noise, spans };
}

/**
 * How long a text must be so that its corrupted form just fills `inputs` places, the end token included, and how long
 * its target then is (t5's `random_spans_helper`): batches of one shape without padding.
 */
export function spanLengths(
  inputs: number,
  density = 0.15,
  meanLength = 3,
): { text: number; targets: number } {
  const sizes = (text: number) => {
    const { noise, spans } = spanCounts(text, density, meanLength);
    return { inputs: text - noise + spans + 1, targets: noise + spans + 1 };
  };
  if (!Number.isInteger(inputs) || inputs < sizes(2).inputs)
    throw new RangeError(`spanLengths: inputs must be ${sizes(2).inputs} or more, got ${inputs}`);
  let text = 2;
  while (sizes(text + 1).inputs <= inputs) text++;
  return { text, targets: sizes(text).targets };
}

/** The original ids from the corrupted text and its target: what the two of them must still hold. */
export function restoreSpans(
  inputs: ArrayLike<number>,
  labels: ArrayLike<number>,
  { sentinels, end }: Pick<SpanConfig, "sentinels" | "end">,
): number[] {
  const spans = new Map<number, number[]>();
  let current: number[] = [];
  for (const id of Array.from(labels)) {
    if (id === end) break;
    if (sentinels.includes(id)) spans.set(id, (current = []));
    else current.push(id);
  }
  const out: number[] = [];
  for (const id of Array.from(inputs)) {
    if (id === end) break;
    out.push(...(spans.get(id) ?? [id]));
  }
  return out;
}
