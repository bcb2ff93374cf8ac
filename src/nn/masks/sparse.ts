import { shuffle, tf } from "../../engine";
import type { Rng } from "../../engine";
import { both, causalMask, either, range } from "./basic";

/**
 * Patterns in which a place sees few others, so that the number of scores grows slower than T^2. They are masks: they
 * say what a sparse kernel would compute; our dense attention computes all scores and hides the rest.
 */

export interface LocalOptions {
  /** Only places before; true without it. Otherwise a place sees as far to the right as to the left. */
  readonly causal?: boolean;
}

/**
 * A band: place i sees places j with i - j < window, itself included (Child 2019, section 4.2, first head, window
 * l + 1; Beltagy 2020, section 3.1; the "locally banded" layers of Brown 2020, section 2.1).
 *
 * @returns bool [T, T]
 * @throws RangeError for sizes that are not whole numbers from 1 up
 */
export function localMask(time: number, window: number, { causal = true }: LocalOptions = {}): tf.Tensor {
  whole(window, "window");
  return tf.tidy(() => {
    const columns = range(time, "time"); // [T]
    const back = columns.expandDims(1).sub(columns); // [T, T]: i - j
    const near = tf.less(back, tf.scalar(window, "int32"));
    return both(near, tf.greater(back, tf.scalar(causal ? -1 : -window, "int32")));
  });
}

/**
 * Each place sees those `stride` before it, twice that before it, and so on, itself included (Child 2019, section 4.2,
 * second head of "strided": (i - j) mod l = 0). With the band of l + 1 beside it, two layers reach every place.
 *
 * @returns bool [T, T], causal
 * @throws RangeError for sizes that are not whole numbers from 1 up
 */
export function strideMask(time: number, stride: number): tf.Tensor {
  whole(stride, "stride");
  return tf.tidy(() => {
    const phase = numbered(time, (i) => i % stride); // [T]
    return both(tf.equal(phase.expandDims(1), phase), causalMask(time));
  });
}

/**
 * Child's strided pattern, both heads together: band and stride.
 *
 * @returns bool [T, T], causal
 */
export function stridedMask(time: number, stride: number): tf.Tensor {
  return tf.tidy(() => either(localMask(time, stride + 1), strideMask(time, stride)));
}

/**
 * Child's fixed pattern, both heads together (2019, section 4.2): a place sees its own block of `stride` places, and the
 * last `columns` places of every block before.
 *
 * @returns bool [T, T], causal
 * @throws RangeError for sizes that are not whole numbers from 1 up, and for more columns than a block has
 */
export function fixedMask(time: number, stride: number, columns = 1): tf.Tensor {
  whole(stride, "stride");
  if (columns > stride)
    throw new RangeError(`mask: ${columns} columns are more than a block of ${stride} has`);
  return tf.tidy(() => {
    const block = numbered(time, (i) => Math.floor(i / stride)); // [T]
    const summary = numbered(time, (i) => (i % stride >= stride - columns ? 1 : 0)); // [T]
    const own = tf.equal(block.expandDims(1), block); // [T, T]
    return both(either(own, tf.equal(summary, tf.scalar(1, "int32"))), causalMask(time));
  });
}

/**
 * GPT-3's layers take turns (Brown 2020, section 2.1): even ones see all that is before, odd ones a band.
 *
 * @returns bool [T, T]
 */
export function alternatingMask(layer: number, time: number, window: number): tf.Tensor {
  return layer % 2 === 0 ? causalMask(time) : localMask(time, window);
}

export interface BlockSparse {
  /** Places in a block. */
  readonly block: number;
  /** Blocks on each side that a block sees beside itself; 1 without it. */
  readonly neighbours?: number;
  /** The first blocks, which see all and are seen by all; 1 without it. */
  readonly global?: number;
  /** Blocks drawn at random for each block; 1 without it. */
  readonly random?: number;
}

/**
 * BigBird (Zaheer 2020, section 2, "ITC": global places among the text's own): each block sees its neighbours, the
 * global blocks and some at random. Not causal: it was made for encoders.
 *
 * Random blocks are drawn among those that are not seen already. They are drawn in JavaScript: make the mask outside of
 * `jit` and pass it in.
 *
 * @returns bool [T, T]
 * @throws RangeError where blocks do not fill T
 */
export function blockSparseMask(time: number, sizes: BlockSparse, rng: Rng): tf.Tensor {
  const { block, neighbours = 1, global = 1, random = 1 } = sizes;
  whole(block, "block");
  if (time % block !== 0)
    throw new RangeError(`mask: ${time} places are no whole number of blocks of ${block}`);
  const count = time / block;
  const seen = Array.from({ length: count }, (_, i) =>
    Array.from({ length: count }, (_, j) => i < global || j < global || Math.abs(i - j) <= neighbours),
  );
  for (const row of seen) {
    const free = row.flatMap((taken, j) => (taken ? [] : [j]));
    for (const j of shuffle(rng, free).slice(0, random)) row[j] = true;
  }
  return tf.tidy(() => {
    const blocks = tf.tensor(seen.flat(), [count, 1, count, 1], "bool");
    return tf.logicalAnd(blocks, tf.ones([1, block, 1, block], "bool")).reshape([time, time]); // [T, T]
  });
}

/** int32 [T] of a number for each place. */
function numbered(time: number, of: (place: number) => number): tf.Tensor {
  if (!Number.isInteger(time) || time < 1)
    throw new RangeError(`mask: time must be a whole number from 1 up, got ${time}`);
  return tf.tensor1d(
    Int32Array.from({ length: time }, (_, i) => of(i)),
    "int32",
  );
}

function whole(size: number, name: string): void {
  if (!Number.isInteger(size) || size < 1)
    throw new RangeError(`mask: ${name} must be a whole number from 1 up, got ${size}`);
}
