import { fork, integer, shuffle } from "../engine";
import type { Rng } from "../engine";
import { stackRows } from "./ints";
import type { Ints } from "./ints";

/** Labels with this value count for nothing; `crossEntropy` leaves them out, as PyTorch does. */
export const IGNORE = -100;

/** What a language model reads, and what it is to say at each place: int32 [B, T] both. */
export interface LmBatch {
  readonly inputs: Ints;
  /** The next id at each place, or IGNORE. */
  readonly labels: Ints;
}

export interface BatchSize {
  /** Rows, B. */
  readonly batch: number;
  /** Places in a row, T. */
  readonly length: number;
}

/**
 * A piece of `length` ids from anywhere in the stream; every start is as likely as any other.
 * @returns a view, not a copy
 * @throws RangeError where the stream is shorter
 */
export function randomCrop(stream: Int32Array, length: number, rng: Rng): Int32Array {
  expectSize("randomCrop", "length", length);
  const starts = stream.length - length + 1;
  if (starts < 1)
    throw new RangeError(
      `randomCrop: the stream holds ${stream.length} ids, fewer than the ${length} of a crop`,
    );
  const start = integer(rng, starts);
  return stream.subarray(start, start + length);
}

/**
 * The next batch for a causal model: rows from anywhere in the stream, labels one place further on (nanoGPT's
 * `get_batch`). The state is `rng` alone: store it, `{ key, drawn }`, and go on where you stopped.
 *
 * @throws RangeError where the stream does not hold length + 1 ids
 */
export function randomBatch(stream: Int32Array, { batch, length }: BatchSize, rng: Rng): LmBatch {
  expectSize("randomBatch", "batch", batch);
  return nextTokenBatch(Array.from({ length: batch }, () => randomCrop(stream, length + 1, rng)));
}

/**
 * Rows of one length, T + 1, as a batch for a causal model: every next id is a label.
 * @throws RangeError where there are no rows
 */
export function nextTokenBatch(rows: readonly (readonly number[] | Int32Array)[]): LmBatch {
  const length = (rows[0]?.length ?? 0) - 1;
  return {
    inputs: stackRows(rows.map((row) => row.slice(0, -1)), { length, pad: 0 }), // prettier-ignore
    labels: stackRows(rows.map((row) => row.slice(1)), { length, pad: IGNORE }), // prettier-ignore
  };
}

/**
 * The stream in order, for evaluation: every id but the first is a label exactly once. All batches have one shape; at
 * the end rows are filled up with id 0 and labels IGNORE.
 *
 * A place early in its row sees little before it. With `stride` below `length` rows overlap and only the last `stride`
 * labels of a row count (all of them in the first row), so each sees at least length - stride ids: a truer perplexity
 * for more work.
 *
 * @throws RangeError for a stride outside 1 .. length, or a stream of fewer than two ids
 */
export function* sequentialBatches(
  stream: Int32Array,
  { batch, length, stride = length }: BatchSize & { readonly stride?: number },
): Generator<LmBatch> {
  expectSize("sequentialBatches", "batch", batch);
  expectSize("sequentialBatches", "length", length);
  if (!Number.isInteger(stride) || stride < 1 || stride > length)
    throw new RangeError(`sequentialBatches: stride must be from 1 to ${length}, got ${stride}`);
  if (stream.length < 2)
    throw new RangeError(`sequentialBatches: a stream of ${stream.length} ids has nothing to predict`);
  const rows = 1 + Math.max(0, Math.ceil((stream.length - 1 - length) / stride));
  for (let first = 0; first < rows; first += batch) {
    const inputs = Array.from({ length: batch }, () => new Int32Array(length));
    const labels = Array.from({ length: batch }, () => new Int32Array(length).fill(IGNORE));
    for (let b = 0; b < batch && first + b < rows; b++) {
      const start = (first + b) * stride;
      const end = Math.min(start + length, stream.length - 1);
      const old = start === 0 ? 0 : length - stride; // labels that the row before has counted
      inputs[b]!.set(stream.subarray(start, end));
      labels[b]!.set(stream.subarray(start + old + 1, end + 1), old);
    }
    yield { inputs: stackRows(inputs, { pad: 0 }), labels: stackRows(labels, { pad: IGNORE }) };
  }
}

/**
 * The rows of a data set that step number `step` takes: each epoch goes through all rows once, in an order of its own.
 * A function of the seed and the step, so a run that stops at a step needs nothing else to go on.
 *
 * @param rows how many the data set has; the last rows of an epoch that fill no batch wait for the next epoch's order
 * @returns `batch` different numbers from 0 to rows - 1
 */
export function epochRows(step: number, batch: number, rows: number, rng: Rng): number[] {
  expectSize("epochRows", "batch", batch);
  const steps = Math.floor(rows / batch);
  if (steps < 1) throw new RangeError(`epochRows: ${rows} rows do not fill a batch of ${batch}`);
  if (!Number.isSafeInteger(step) || step < 0)
    throw new RangeError(`epochRows: step must be a whole number from 0, got ${step}`);
  const epoch = Math.floor(step / steps);
  const order = shuffle(
    fork(rng, `epoch ${epoch}`),
    Array.from({ length: rows }, (_, i) => i),
  );
  const first = (step % steps) * batch;
  return order.slice(first, first + batch);
}

function expectSize(who: string, what: string, value: number): void {
  if (!Number.isInteger(value) || value < 1)
    throw new RangeError(`${who}: ${what} must be a whole number from 1, got ${value}`);
}
