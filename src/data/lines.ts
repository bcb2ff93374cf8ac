import { integer } from "../engine";
import type { Rng } from "../engine";
import type { Tokenizer } from "../text";
import { IGNORE } from "./batches";
import type { BatchSize, LmBatch } from "./batches";
import { stackRows } from "./ints";

/** A question, and what a model is to write after it. */
export interface QuestionLine {
  readonly question: string;
  readonly answer: string;
}

/** A line as a row of a batch; both have its length, which is at most that of a batch. */
export interface LineRow {
  readonly inputs: Int32Array;
  readonly labels: Int32Array;
}

/**
 * Lines as rows, one a line, from its first character on, so that a question stands where it will stand when the model
 * is asked. Only the answer and the end of the line are labels: a question's digits are random, and nobody can learn them.
 *
 * @param tokenizer one that cuts a line after the question, as characters and bytes do
 * @param length most ids of a row
 * @throws RangeError naming the line that is longer
 */
export function lineRows(
  tokenizer: Pick<Tokenizer, "encode">,
  lines: readonly QuestionLine[],
  length: number,
): LineRow[] {
  return lines.map(({ question, answer }, i) => {
    const asked = tokenizer.encode(question).length;
    const ids = tokenizer.encode(`${question}${answer}\n`);
    if (ids.length - 1 > length)
      throw new RangeError(
        `lineRows: line ${i} ("${question}${answer}") needs ${ids.length - 1} places, a row has ${length}. Cure: a longer context, or shorter lines.`,
      );
    const labels = Int32Array.from(ids.slice(1), (id, at) => (at + 1 < asked ? IGNORE : id));
    return { inputs: Int32Array.from(ids.slice(0, -1)), labels };
  });
}

/**
 * Several lines as one row, for a model that is to learn from the solved examples before a question. Each line's answer
 * is judged, so the first of a row is asked without an example. Lines that no longer fit are left out.
 *
 * @param texts lines of each row, in order
 * @throws RangeError where the first line of a row does not fit
 */
export function shotRows(
  tokenizer: Pick<Tokenizer, "encode">,
  texts: readonly (readonly QuestionLine[])[],
  length: number,
): LineRow[] {
  return texts.map((lines) => {
    const ids: number[] = [];
    const judged: boolean[] = []; // by id: part of an answer
    for (const [i, { question, answer }] of lines.entries()) {
      const asked = tokenizer.encode(question).length;
      const own = tokenizer.encode(`${question}${answer}\n`);
      if (ids.length + own.length - 1 > length) {
        if (i > 0) break;
        throw new RangeError(
          `shotRows: "${question}${answer}" needs ${own.length - 1} places, a row has ${length}. Cure: a longer context, or shorter lines.`,
        );
      }
      ids.push(...own);
      judged.push(...own.map((_, at) => at >= asked));
    }
    const labels = Int32Array.from(ids.slice(1), (id, at) => (judged[at + 1] ? id : IGNORE));
    return { inputs: Int32Array.from(ids.slice(0, -1)), labels };
  });
}

/**
 * Rows drawn at random as a batch for a causal model; each is filled up at its end.
 * @returns inputs and labels int32 [B, T]
 */
export function lineBatch(rows: readonly LineRow[], { batch, length }: BatchSize, rng: Rng): LmBatch {
  const drawn = Array.from({ length: batch }, () => rows[integer(rng, rows.length)] as LineRow);
  return stackLines(drawn, length);
}

/** Rows as batches in their order, for evaluation; the last batch is filled up with rows that are not judged. */
export function lineBatches(rows: readonly LineRow[], { batch, length }: BatchSize): LmBatch[] {
  const nothing = { inputs: new Int32Array(0), labels: new Int32Array(0) };
  return Array.from({ length: Math.ceil(rows.length / batch) }, (_, i) =>
    stackLines(
      Array.from({ length: batch }, (_, b) => rows[i * batch + b] ?? nothing),
      length,
    ),
  );
}

const stackLines = (rows: readonly LineRow[], length: number): LmBatch => ({
  inputs: stackRows(
    rows.map(({ inputs }) => inputs),
    { length, pad: 0 },
  ),
  labels: stackRows(
    rows.map(({ labels }) => labels),
    { length, pad: IGNORE },
  ),
});
