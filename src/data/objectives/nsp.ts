import { integer, uniform } from "../../engine";
import type { Rng } from "../../engine";

/** A document as sentences, a sentence as ids. */
export type Document = readonly (readonly number[])[];

export interface NspConfig {
  readonly cls: number;
  readonly sep: number;
  /** Longest row, the three special tokens included. */
  readonly length: number;
  /** How often a pair is meant to be shorter, so that a model sees short texts too; 0.1. */
  readonly shortShare?: number;
}

export interface NspExample {
  /** [CLS] a [SEP] b [SEP] */
  readonly inputs: Int32Array;
  /** 0 up to the first [SEP], 1 after it. */
  readonly segments: Int32Array;
  /** 0: b follows a in its document ("IsNext"). 1: b is from another place ("NotNext"). As in BERT's code. */
  readonly label: number;
}

/**
 * Next-sentence prediction: pairs of texts from one document; in half of them the second comes from somewhere else
 * (Devlin 2019, section 3.1, task 2; `create_instances_from_document` in its code).
 *
 * Sentences are gathered until they fill a row, and cut in two at a random sentence. Where the second half is replaced,
 * its sentences are used again for the next pair. A pair that is too long loses ids of its longer half, at either end.
 *
 * @param index which document the pairs come from; the others lend second halves
 * @throws RangeError where there is no other document, or the row is too short
 */
export function nspPairs(
  documents: readonly Document[],
  index: number,
  config: NspConfig,
  rng: Rng,
): NspExample[] {
  const room = config.length - 3;
  const document = documents[index];
  if (room < 2) throw new RangeError(`nspPairs: length must be at least 5, got ${config.length}`);
  if (!document) throw new RangeError(`nspPairs: there is no document ${index} of ${documents.length}`);
  if (documents.length < 2 || documents.some((each) => each.length === 0 || each.some((s) => s.length === 0)))
    throw new RangeError("nspPairs: two documents are needed at least, all of them with sentences with ids");
  const target = uniform(rng) < (config.shortShare ?? 0.1) ? 2 + integer(rng, room - 1) : room;
  const pairs: NspExample[] = [];
  let chunk: (readonly number[])[] = [];
  let size = 0;
  for (let i = 0; i < document.length; i++) {
    chunk.push(document[i]!);
    size += document[i]!.length;
    if (i < document.length - 1 && size < target) continue;
    const cut = chunk.length >= 2 ? 1 + integer(rng, chunk.length - 1) : 1;
    const a = chunk.slice(0, cut).flat();
    let b = chunk.slice(cut).flat();
    const replaced = chunk.length === 1 || uniform(rng) < 0.5;
    if (replaced) {
      b = fromElsewhere(documents, index, target - a.length, rng);
      i -= chunk.length - cut;
    }
    shorten(a, b, room, rng);
    pairs.push(pairExample(a, b, replaced ? 1 : 0, config));
    chunk = [];
    size = 0;
  }
  return pairs;
}

function pairExample(a: number[], b: number[], label: number, { cls, sep }: NspConfig): NspExample {
  const inputs = Int32Array.from([cls, ...a, sep, ...b, sep]);
  return { inputs, segments: new Int32Array(inputs.length).fill(1, a.length + 2), label };
}

/** Sentences of another document, from a random one on, until they have enough ids. */
function fromElsewhere(documents: readonly Document[], index: number, enough: number, rng: Rng): number[] {
  // One of the others, each as likely. BERT's code draws from all and tries again, ten times at most.
  const other = integer(rng, documents.length - 1);
  const document = documents[other < index ? other : other + 1]!;
  const ids: number[] = [];
  for (let s = integer(rng, document.length); s < document.length; s++) {
    ids.push(...document[s]!);
    if (ids.length >= enough) break;
  }
  return ids;
}

function shorten(a: number[], b: number[], room: number, rng: Rng): void {
  while (a.length + b.length > room) {
    const longer = a.length > b.length ? a : b;
    if (uniform(rng) < 0.5) longer.shift();
    else longer.pop();
  }
}
