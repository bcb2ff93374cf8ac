import { tf } from "../engine";
import { IGNORE, stackRows } from "../data";
import type { Ints, LmBatch } from "../data";

/** A prompt and what was written after it, as ids; an answer that was ended ends with the end token. */
export interface Written {
  readonly prompt: readonly number[];
  readonly answer: readonly number[];
}

/** Texts as rows of one length, filled up at their ends. A causal model never looks there. */
export interface WrittenRows {
  /** int32 [B, T] */
  readonly ids: Ints;
  /** int32 [B]: the place of the last token. */
  readonly last: Ints;
  /** int32 [B, T - 1]: 1 where the NEXT token belongs to the answer. */
  readonly mask: Ints;
}

/**
 * @param length T; the longest text without it
 * @throws RangeError naming the text that is empty, or longer than `length`
 */
export function writtenRows(texts: readonly Written[], length?: number): WrittenRows {
  const rows = texts.map(({ prompt, answer }) => [...prompt, ...answer]);
  const width = length ?? Math.max(...rows.map((row) => row.length));
  rows.forEach((row, i) => {
    const { prompt, answer } = texts[i] as Written;
    if (prompt.length === 0 || answer.length === 0)
      throw new RangeError(`text ${i}: a prompt of ${prompt.length} tokens, an answer of ${answer.length}`);
    if (row.length > width)
      throw new RangeError(`text ${i}: ${row.length} tokens, a row has ${width}. Cure: longer rows`);
  });
  const mask = texts.map(({ prompt, answer }) =>
    Array.from({ length: prompt.length + answer.length - 1 }, (_, t) => (t + 1 >= prompt.length ? 1 : 0)),
  );
  return {
    ids: stackRows(rows, { length: width, pad: 0 }),
    last: { data: Int32Array.from(rows, (row) => row.length - 1), shape: [rows.length] },
    mask: stackRows(mask, { length: width - 1, pad: 0 }),
  };
}

/**
 * Texts as a batch for a causal model that learns the answers alone, or all of the text.
 * @returns inputs and labels int32 [B, length]
 * @throws as `writtenRows`
 */
export function writtenBatch(
  texts: readonly Written[],
  length: number,
  judged: "answers" | "all" = "answers",
): LmBatch {
  const { ids, mask } = writtenRows(texts, length + 1);
  const inputs = new Int32Array(texts.length * length);
  const labels = new Int32Array(texts.length * length).fill(IGNORE);
  texts.forEach(({ prompt, answer }, b) => {
    const filled = prompt.length + answer.length - 1;
    for (let t = 0; t < filled; t++) {
      inputs[b * length + t] = ids.data[b * (length + 1) + t] as number;
      if (judged === "all" || mask.data[b * length + t] === 1)
        labels[b * length + t] = ids.data[b * (length + 1) + t + 1] as number;
    }
  });
  const shape = [texts.length, length];
  return { inputs: { data: inputs, shape }, labels: { data: labels, shape } };
}

/**
 * A number for each of many texts, `batch` at a time: the last ones are filled up, so that there is one program.
 * @param numbers float32 [batch] of rows, which is freed
 * @throws as `writtenRows`
 */
export async function inBatches(
  texts: readonly Written[],
  { length, batch }: { readonly length: number; readonly batch: number },
  numbers: (rows: WrittenRows) => tf.Tensor,
): Promise<number[]> {
  const found: number[] = [];
  for (let first = 0; first < texts.length; first += batch) {
    const own = texts.slice(first, first + batch);
    const filled = Array.from({ length: batch }, (_, i) => own[i] ?? (own[0] as Written));
    const rows = writtenRows(filled, length);
    const all = tf.tidy(() => numbers(rows));
    found.push(...Array.from(await all.data()).slice(0, own.length));
    all.dispose();
  }
  return found;
}
