import { fork, scan, tf, uniformTensor } from "../engine";
import type { Rng, TensorsLike } from "../engine";
import { dense, drop, tap, within } from "../nn";
import type { Context, DenseParams } from "../nn";
import { embed } from "../ops";

/**
 * Recurrent language models: a state is carried from token to token, so a text of any length has memory of one size,
 * and place t waits for place t - 1.
 *
 * - "elman": h_t = tanh(x_t W + h_(t-1) U + b) (Elman 1990; Mikolov 2010 for language).
 * - "lstm": gates decide what a cell forgets, takes in and shows (Hochreiter and Schmidhuber 1997; the forget gate is
 *   Gers 2000's). Departure: no peepholes, as in PyTorch and most code since.
 */
export interface RnnConfig {
  readonly vocabSize: number;
  readonly cell: "elman" | "lstm";
  /** Width of token vectors and of states. */
  readonly dModel: number;
  readonly nLayer: number;
  /** Dropout between layers, in training (Zaremba 2014: not from step to step). */
  readonly rate?: number;
}

/** One layer. G is H for an Elman cell, 4 H for an LSTM: input gate, forget gate, candidate, output gate. */
export interface RnnLayer {
  /** weight [I, G], bias [G]: one bias, where PyTorch keeps two that are added. */
  readonly input: DenseParams;
  /** float32 [H, G] */
  readonly hidden: tf.Tensor;
}

export interface RnnParams {
  /** float32 [V, C] */
  readonly tokens: tf.Tensor;
  readonly layers: readonly RnnLayer[];
  readonly head: DenseParams;
}

/** What a layer carries: h [B, H], and for an LSTM the cell c [B, H]. */
export interface RnnState {
  readonly h: tf.Tensor;
  readonly c?: tf.Tensor;
}

/**
 * All weights uniform in +-1 / sqrt(H), as PyTorch does; an LSTM's forget bias 1, so that it remembers at first
 * (Jozefowicz 2015, section 2.1).
 */
export function initRnn(config: RnnConfig, rng: Rng): RnnParams {
  const { vocabSize, cell, dModel, nLayer } = config;
  const bound = 1 / Math.sqrt(dModel);
  return {
    tokens: uniformTensor(fork(rng, "tokens"), [vocabSize, dModel], -bound, bound),
    layers: Array.from({ length: nLayer }, (_, i) =>
      initRnnLayer(fork(rng, `layers.${i}`), cell, dModel, dModel),
    ),
    head: {
      weight: uniformTensor(fork(rng, "head"), [dModel, vocabSize], -bound, bound),
      bias: tf.zeros([vocabSize]),
    },
  };
}

export function initRnnLayer(rng: Rng, cell: RnnConfig["cell"], inputs: number, size: number): RnnLayer {
  const bound = 1 / Math.sqrt(size);
  const wide = cell === "lstm" ? 4 * size : size;
  const bias = Array.from({ length: wide }, (_, i) => (cell === "lstm" && i >= size && i < 2 * size ? 1 : 0));
  return {
    input: {
      weight: uniformTensor(fork(rng, "input"), [inputs, wide], -bound, bound),
      bias: tf.tensor1d(bias),
    },
    hidden: uniformTensor(fork(rng, "hidden"), [size, wide], -bound, bound),
  };
}

/**
 * A layer over a whole text. The products with the inputs are made for all places at once; only what needs the state
 * waits its turn in `scan`, so that `jit` compiles one loop, however long the text.
 *
 * @param x float32 [B, T, I]
 * @param state where to begin; zeros without it
 * @returns the state of each place, float32 [B, T, H], and the last state
 */
export function rnnLayer(
  params: RnnLayer,
  cell: RnnConfig["cell"],
  x: tf.Tensor,
  state?: RnnState,
): { readonly out: tf.Tensor; readonly state: RnnState } {
  if (x.rank !== 3) throw new RangeError(`rnnLayer: x must be [B, T, I], got [${x.shape.join(", ")}]`);
  const first = state ?? zeroState(cell, x.shape[0] as number, params.hidden.shape[0] as number);
  const inputs = dense(params.input, x).transpose([1, 0, 2]); // [T, B, G]
  const { carry, ys } = scan(cell === "lstm" ? lstmStep : elmanStep, first, inputs, params.hidden);
  return { out: ys.transpose([1, 0, 2]), state: carry }; // [B, T, H]
}

export function zeroState(cell: RnnConfig["cell"], batch: number, size: number): RnnState {
  const zeros = (): tf.Tensor => tf.zeros([batch, size]);
  return cell === "lstm" ? { h: zeros(), c: zeros() } : { h: zeros() };
}

type Step = (
  state: RnnState,
  x: tf.Tensor,
  hidden: tf.Tensor,
) => { carry: TensorsLike<RnnState>; y: tf.Tensor };

/** @param x [B, H], the product with the input and the bias */
const elmanStep: Step = ({ h }, x, hidden) => {
  const next = tf.tanh(x.add(tf.matMul(h, hidden))); // [B, H]
  return { carry: { h: next }, y: next };
};

/** @param x [B, 4 H] */
const lstmStep: Step = ({ h, c }, x, hidden) => {
  const size = h.shape[1] as number;
  const gates = x.add(tf.matMul(h, hidden)); // [B, 4 H]
  const gate = (i: number): tf.Tensor => gates.slice([0, i * size], [-1, size]); // [B, H]
  const [take, keep, show] = [tf.sigmoid(gate(0)), tf.sigmoid(gate(1)), tf.sigmoid(gate(3))];
  const cell = keep.mul(c as tf.Tensor).add(take.mul(tf.tanh(gate(2)))); // [B, H]
  const next = show.mul(tf.tanh(cell)); // [B, H]
  return { carry: { h: next, c: cell }, y: next };
};

/**
 * Scores of each next token, and the state to go on with.
 * @param ids int32 [B, T]
 * @param state by layer, from the text before
 * @returns logits float32 [B, T, V]
 */
export function rnnWithState(
  params: RnnParams,
  config: RnnConfig,
  ids: tf.Tensor,
  state?: readonly RnnState[],
  ctx: Context = {},
): { readonly logits: tf.Tensor; readonly state: readonly RnnState[] } {
  const { cell, rate = 0 } = config;
  if (ids.rank !== 2) throw new RangeError(`rnn: ids must be [B, T], got [${ids.shape.join(", ")}]`);
  let x = drop(ctx, tap(ctx, "embed", embed(ids, params.tokens)), rate, "embed"); // [B, T, C]
  const last = params.layers.map((layer, i) => {
    const at = within(ctx, `layers.${i}`);
    const { out, state: end } = rnnLayer(layer, cell, x, state?.[i]);
    x = drop(at, tap(at, "out", out), rate, "out"); // [B, T, C]
    return end;
  });
  return { logits: tap(ctx, "logits", dense(params.head, x)), state: last }; // [B, T, V]
}

/** Scores of each next token, from a state of zeros. @param ids int32 [B, T] @returns float32 [B, T, V] */
export function rnn(params: RnnParams, config: RnnConfig, ids: tf.Tensor, ctx: Context = {}): tf.Tensor {
  return rnnWithState(params, config, ids, undefined, ctx).logits;
}
