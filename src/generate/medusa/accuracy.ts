import { jit, tf } from "../../engine";
import { intsTensor, stackRows } from "../../data";
import type { Decoder } from "../../models";
import { takeLast } from "../../ops";
import { argmax } from "../distribution";
import { openReader } from "../reader";
import { medusaScores } from "./heads";
import type { MedusaHeads } from "./heads";

export interface AccuracyOptions {
  /** Places of a row that are only read, such as a prompt; 0 without it. */
  readonly from?: number;
  /** Ranks that are told apart; 10 without it. */
  readonly top?: number;
  /** Rows that are read at once; 16 without it. */
  readonly batch?: number;
}

export interface HeadAccuracy {
  /** 0: the model's own head, for the next token; k: head k, for the token k places after it. */
  readonly head: number;
  /** By rank, how often the candidate of that rank is right: what `sparseTree` takes, for heads 1 to K. */
  readonly ranks: readonly number[];
  /** How often the best is right, and how often one of the best five. */
  readonly top1: number;
  readonly top5: number;
}

/**
 * How often heads are right. On text that nobody trained on these are the numbers that Medusa's authors give (the
 * next-next token: top-1 about 60 %, top-5 over 80 %); on text that the model wrote itself (`greedyRows`) they say what
 * decoding will accept.
 *
 * @param rows texts of one length, K + 2 ids or more, of which the last K + 1 are only predicted
 * @returns the model's own head first
 * @throws RangeError where rows are none, too short, or differ in length
 */
export async function headAccuracy<P>(
  decoder: Decoder<P>,
  heads: MedusaHeads,
  rows: readonly Int32Array[],
  { from = 0, top = 10, batch = 16 }: AccuracyOptions = {},
): Promise<HeadAccuracy[]> {
  const count = heads.heads.length;
  const time = (rows[0]?.length ?? 0) - count - 1;
  if (time <= from || rows.some((row) => row.length !== rows[0]?.length))
    throw new RangeError(
      `headAccuracy: rows must be of one length above ${from + count + 1}, got ${rows.map(({ length }) => length).join(", ") || "none"}.`,
    );
  const ranksOf = jit(
    (params: P, given: MedusaHeads, ids: tf.Tensor) => {
      const labels = (k: number): tf.Tensor => ids.slice([0, k + 1], [-1, time]); // [B, T]
      const states = decoder.states(params, ids.slice([0, 0], [-1, time]), {}); // [B, T, C]
      const scores = [decoder.head(params, states), ...medusaScores(given, decoder, states, params)];
      const ranks = scores.map((logits, k) => {
        const right = takeLast(logits, labels(k)).expandDims(2); // [B, T, 1]
        return tf.sum(tf.greater(logits, right).cast("int32"), 2); // [B, T]: how many are held likelier
      });
      return tf.stack(ranks, 2); // [B, T, 1 + K]
    },
    { name: "head accuracy" },
  );
  const hits = Array.from({ length: count + 1 }, () => new Array<number>(Math.max(top, 5)).fill(0));
  try {
    for (let first = 0; first < rows.length; first += batch) {
      const some = stackRows(rows.slice(first, first + batch), { pad: 0 });
      const found = tf.tidy(() => ranksOf(decoder.params, heads, intsTensor(some)));
      (await found.data()).forEach((rank, at) => {
        const row = hits[at % (count + 1)] as number[];
        if (Math.floor(at / (count + 1)) % time < from || rank >= row.length) return;
        row[rank] = (row[rank] as number) + 1;
      });
      found.dispose();
    }
  } finally {
    ranksOf.dispose();
  }
  return hits.map((row, head) => {
    const shares = row.map((n) => n / (rows.length * (time - from)));
    const best = (n: number): number => shares.slice(0, n).reduce((a, b) => a + b, 0);
    return { head, ranks: shares.slice(0, top), top1: best(1), top5: best(5) };
  });
}

/**
 * Prompts that the model went on with itself, by its likeliest tokens: rows for `headAccuracy`.
 * @param prompts of one length
 * @param count new tokens of each
 * @throws RangeError where these do not fit into the context
 */
export async function greedyRows<P>(
  decoder: Decoder<P>,
  prompts: readonly ArrayLike<number>[],
  count: number,
): Promise<Int32Array[]> {
  const rows = prompts.map((prompt) => Array.from(prompt));
  const longest = Math.max(...rows.map(({ length }) => length));
  const reader = openReader(decoder as Decoder, {
    batch: rows.length,
    size: longest + count,
    widths: [1, longest],
  });
  try {
    let next = rows;
    for (let i = 0; i < count; i++) {
      const scores = await reader.read(next);
      next = scores.map((row) => [argmax(row.at(-1) as Float32Array)]);
      rows.forEach((row, b) => row.push((next[b] as number[])[0] as number));
    }
  } finally {
    reader.dispose();
  }
  return rows.map((row) => Int32Array.from(row));
}
