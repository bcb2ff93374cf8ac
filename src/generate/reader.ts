import { canCompile, jit, sliceAt, tf } from "../engine";
import type { Jitted } from "../engine";
import type { Decoder } from "../models";
import { openCache } from "../nn";
import type { CacheState } from "../nn";
import { disposeTree } from "../tree";
import { checkIds } from "./check";

/** Texts being read by a model: it keeps their keys and values, and reads only what is new. */
export interface Reader {
  readonly vocabSize: number;
  /** How many texts are read side by side. */
  readonly batch: number;
  /** Tokens read so far, the padding of shorter first prompts included; the same for all texts. */
  readonly length: number;
  /**
   * Reads more of each text. Prompts of the first call may differ in length: shorter ones are padded on the left, out
   * of sight of the model. Later calls read equally many tokens of each.
   *
   * @param rows ids, at least one a text
   * @param every scores after each token, not only after the last
   * @returns by text, logits float32 [V] after its last token, or after each of `rows`' tokens
   * @throws RangeError for ids outside the vocabulary, other lengths, or more tokens than there is room for
   */
  read(rows: readonly (readonly number[])[], every?: boolean): Promise<Float32Array[][]>;
  /** Forgets what was read after the first `length` tokens: reading goes on from there. */
  rewind(length: number): void;
  /** Text i goes on as text `rows[i]` was, as the beams of a beam search do. */
  reorder(rows: readonly number[]): void;
  dispose(): void;
}

export interface ReaderOptions {
  /** Texts side by side; 1 without it. */
  readonly batch?: number;
  /** Most tokens of a text; the model's context without it. Memory is taken for all of them at once. */
  readonly size?: number;
  /**
   * How many tokens one compiled call reads: 1 and 64 without it. A program is compiled for each width in use; fewer
   * tokens than a width are padded, more go in several calls. Without a compiler every call has its own width.
   */
  readonly widths?: readonly number[];
}

type Layers = CacheState["layers"];
/** One call: ids int32 [B, W], of which the one at `last` is scored, or each. */
type Step = Jitted<
  [params: unknown, state: CacheState, ids: tf.Tensor, last: tf.Tensor, every: boolean],
  { readonly logits: tf.Tensor; readonly layers: Layers }
>;

/**
 * A model's compiled steps live as long as its functions: a second text does not compile anew, nor does
 * `{ ...decoder, params }`, the same model while it is trained.
 */
const steps = new WeakMap<Decoder["states"], Step>();

function stepOf(model: Decoder): Step {
  const known = steps.get(model.states);
  if (known) return known;
  const step: Step = jit(
    (params: unknown, state: CacheState, ids: tf.Tensor, last: tf.Tensor, every: boolean) => {
      const [batch, width] = ids.shape as [number, number];
      const cache = openCache(state);
      const states = model.states(params, ids, { cache }); // [B, W, C]
      const zero = tf.scalar(0, "int32");
      const scored = every
        ? states
        : sliceAt(states, tf.stack([zero, last, zero]), [batch, 1, states.shape[2] as number]); // [B, 1, C]
      return { logits: model.head(params, scored), layers: cache.next(width).layers };
    },
    { name: "read" },
  );
  steps.set(model.states, step);
  return step;
}

/**
 * A place to read in, for `size` tokens of `batch` texts.
 *
 * The cache has one shape from the first token to the last, so a step is compiled once and costs the same wherever in
 * the text it is; attention looks at all places and masks those that are empty.
 *
 * @throws RangeError where `size` is more than the model's context
 */
export function openReader(model: Decoder, options: ReaderOptions = {}): Reader {
  const { batch = 1, size = model.context } = options;
  const widths = (options.widths ?? [1, 64])
    .map((width) => Math.min(width, model.context))
    .sort((a, b) => a - b);
  if (!Number.isInteger(size) || size < 1 || size > model.context)
    throw new RangeError(`A text of ${size} tokens: the model's context is 1 to ${model.context}.`);
  if (!Number.isInteger(batch) || batch < 1) throw new RangeError(`A batch of ${batch} texts.`);
  const compiled = canCompile();
  const widest = widths.at(-1) as number;
  // The last call of a long text may be padded, so there are places for that beyond `size`. Whole blocks of 64 let
  // readers of similar sizes share their programs.
  const places = compiled ? Math.ceil((size + widest - 1) / 64) * 64 : size;
  const step = stepOf(model);
  let start: readonly number[] = new Array<number>(batch).fill(0);
  let layers: Layers | undefined;
  let length = 0;
  let disposed = false;

  /** Runs one call on `count` tokens of `rows` from `from` on; `width` with padding. */
  const call = (
    rows: readonly (readonly number[])[],
    from: number,
    count: number,
    width: number,
    every: boolean,
  ): tf.Tensor => {
    const flat = new Int32Array(batch * width);
    rows.forEach((ids, row) => flat.set(ids.slice(from, from + count), row * width));
    const out = tf.tidy(() => {
      const old = layers ?? model.cache(batch, places).layers;
      const state: CacheState = {
        layers: old,
        length: tf.scalar(length, "int32"),
        start: tf.tensor1d(start as number[], "int32"),
      };
      const ids = tf.tensor2d(flat, [batch, width], "int32");
      return step(
        model.params,
        state,
        ids,
        tf.scalar(count - 1, "int32"),
        every,
      ) as unknown as tf.TensorContainer;
    }) as unknown as ReturnType<Step>;
    if (layers) disposeTree(layers);
    layers = out.layers;
    length += count;
    return out.logits;
  };

  return {
    vocabSize: model.vocabSize,
    batch,
    get length() {
      return length;
    },
    async read(given, every = false) {
      if (disposed) throw new Error("This reader was disposed.");
      const { rows, padding } = prepared(given, batch, model.vocabSize, length === 0);
      const count = (rows[0] as number[]).length;
      if (length + count > size)
        throw new RangeError(
          `${length} tokens were read and ${count} more are to be: there is room for ${size}.`,
        );
      if (length === 0) start = padding;
      const result = rows.map((): Float32Array[] => []);
      for (let from = 0; from < count;) {
        const left = count - from;
        const width = compiled ? (widths.find((w) => w >= left) ?? widest) : left;
        const taken = Math.min(left, width);
        const end = from + taken === count;
        const logits = call(rows, from, taken, width, every);
        if (every || end) {
          const values = (await logits.data()) as Float32Array; // [B, W or 1, V]
          const perRow = every ? width : 1;
          for (let row = 0; row < batch; row++)
            for (let t = 0; t < (every ? taken : 1); t++) {
              if (every && from + t < (padding[row] as number)) continue;
              const at = (row * perRow + t) * model.vocabSize;
              (result[row] as Float32Array[]).push(values.slice(at, at + model.vocabSize));
            }
        }
        logits.dispose();
        from += taken;
      }
      return result;
    },
    rewind(to) {
      if (!Number.isInteger(to) || to < 0 || to > length)
        throw new RangeError(`rewind: ${to} of ${length} tokens.`);
      length = to;
    },
    reorder(rows) {
      if (rows.length !== batch || rows.some((row) => !Number.isInteger(row) || row < 0 || row >= batch))
        throw new RangeError(`reorder: [${rows.join(", ")}] for ${batch} texts.`);
      if (!layers) return;
      const old = layers;
      layers = tf.tidy(() => {
        const at = tf.tensor1d([...rows], "int32");
        return Object.fromEntries(
          Object.entries(old).map(([name, { k, v }]) => [name, { k: tf.gather(k, at), v: tf.gather(v, at) }]),
        );
      });
      start = rows.map((row) => start[row] as number);
      disposeTree(old);
    },
    dispose() {
      disposed = true;
      if (layers) disposeTree(layers);
      layers = undefined;
    },
  };
}

/** Rows of one length, and how many places of padding each has got on its left. */
function prepared(
  given: readonly (readonly number[])[],
  batch: number,
  vocabSize: number,
  first: boolean,
): { rows: number[][]; padding: number[] } {
  if (given.length !== batch) throw new RangeError(`${given.length} texts for a reader of ${batch}.`);
  given.forEach((ids, row) => checkIds(ids, vocabSize, given.length > 1 ? `text ${row}` : "the text"));
  const longest = Math.max(...given.map(({ length }) => length));
  const padding = given.map(({ length }) => longest - length);
  if (!first && padding.some((n) => n > 0))
    throw new RangeError("Only first prompts may differ in length: all texts go on by equally many tokens.");
  return {
    rows: given.map((ids, row) => [...new Array<number>(padding[row] as number).fill(0), ...ids]),
    padding,
  };
}
