import { integer } from "../engine";
import type { Rng } from "../engine";
import type { Tokenizer } from "../text";
import { IGNORE } from "./batches";
import { stackRows } from "./ints";
import type { Ints } from "./ints";
import { maskedLm } from "./objectives";
import type { MlmConfig } from "./objectives";

/** What a masked language model reads and is asked. Only P places a row are asked: scores of all would cost far more. */
export interface MaskedBatch {
  /** int32 [B, T] */
  readonly inputs: Ints;
  /** int32 [B, T], 1 for tokens and 0 for padding */
  readonly mask: Ints;
  /** int32 [B * P]: where the asked tokens stand, counted through the rows of the batch */
  readonly places: Ints;
  /** int32 [B * P]: the ids that stood there, IGNORE where a row has fewer */
  readonly labels: Ints;
}

export interface TextRowsOptions {
  /** Most tokens of a row, those around it included. */
  readonly length: number;
  /** Ids before and after each row: [CLS] and [SEP]. */
  readonly before: readonly number[];
  readonly after: readonly number[];
}

/**
 * Texts as rows of ids, one text a row; one that is longer than a row goes on in the next.
 * @throws RangeError where a row has no room for a token
 */
export function textRows(
  tokenizer: Pick<Tokenizer, "encode">,
  texts: readonly string[],
  { length, before, after }: TextRowsOptions,
): Int32Array[] {
  const room = length - before.length - after.length;
  if (room < 1) throw new RangeError(`textRows: a row of ${length} tokens has no room for text`);
  return texts.flatMap((text) => {
    const ids = tokenizer.encode(text);
    return Array.from({ length: Math.ceil(ids.length / room) }, (_, i) =>
      Int32Array.from([...before, ...ids.slice(i * room, (i + 1) * room), ...after]),
    );
  });
}

export interface MaskedBatchOptions extends MlmConfig {
  /** Places in a row, T. */
  readonly length: number;
  /** Most places of a row that are asked, P. */
  readonly most: number;
  /** The id that fills rows up. */
  readonly pad: number;
}

/** Rows as a batch, masked anew at each call as `maskedLm` does it. @throws as `maskedLm` and `stackRows` */
export function maskedBatch(
  rows: readonly Int32Array[],
  { length, pad, ...config }: MaskedBatchOptions,
  rng: Rng,
): MaskedBatch {
  const { most } = config;
  const places = new Int32Array(rows.length * most);
  const labels = new Int32Array(rows.length * most).fill(IGNORE);
  const inputs = rows.map((row, b) => {
    const example = maskedLm(row, config, rng);
    let asked = b * most;
    example.labels.forEach((id, t) => {
      if (id === IGNORE) return;
      places[asked] = b * length + t;
      labels[asked++] = id;
    });
    return example.inputs;
  });
  return {
    inputs: stackRows(inputs, { length, pad }),
    mask: stackRows(rows.map((row) => new Int32Array(row.length).fill(1)), { length, pad: 0 }), // prettier-ignore
    places: { data: places, shape: [places.length] },
    labels: { data: labels, shape: [labels.length] },
  };
}

/** Rows drawn at random. */
export const drawRows = (rows: readonly Int32Array[], batch: number, rng: Rng): Int32Array[] =>
  Array.from({ length: batch }, () => rows[integer(rng, rows.length)] as Int32Array);
