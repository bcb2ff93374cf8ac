import { fork, tf, uniformTensor } from "../engine";
import type { Rng } from "../engine";
import { dense, drop, tap, within } from "../nn";
import type { Context, DenseParams } from "../nn";
import { crossEntropy, embed } from "../ops";
import { initRnnLayer, rnnLayer } from "./rnn";
import type { RnnLayer } from "./rnn";

/**
 * ELMo: two LSTM language models read a text, one from each side. A word's vector is a mixture of all their layers, so
 * it depends on the sentence around it (Peters 2018, section 3).
 *
 * Departure: tokens have a table of vectors here; the paper makes them from characters by convolutions.
 */
export interface ElmoConfig {
  readonly vocabSize: number;
  /** Width of token vectors and of each direction's states. */
  readonly dModel: number;
  /** 2 in the paper. */
  readonly nLayer: number;
  /** Dropout of what each layer reads, in training; 0.1 in the paper. */
  readonly rate?: number;
}

export interface ElmoParams {
  /** float32 [V, C], of both directions. */
  readonly tokens: tf.Tensor;
  readonly forward: readonly RnnLayer[];
  readonly backward: readonly RnnLayer[];
  /** Of both directions. */
  readonly head: DenseParams;
}

/** How a task mixes the layers. Each task learns its own. */
export interface ElmoMix {
  /** float32 [nLayer + 1]: softmax of it weighs the layers. */
  readonly scores: tf.Tensor;
  /** float32 []: gamma, the size of the whole vector. */
  readonly scale: tf.Tensor;
}

export function initElmo(config: ElmoConfig, rng: Rng): ElmoParams {
  const { vocabSize, dModel, nLayer } = config;
  const bound = 1 / Math.sqrt(dModel);
  const stack = (name: string): RnnLayer[] =>
    Array.from({ length: nLayer }, (_, i) => initRnnLayer(fork(rng, `${name}.${i}`), "lstm", dModel, dModel));
  return {
    tokens: uniformTensor(fork(rng, "tokens"), [vocabSize, dModel], -bound, bound),
    forward: stack("forward"),
    backward: stack("backward"),
    head: {
      weight: uniformTensor(fork(rng, "head"), [dModel, vocabSize], -bound, bound),
      bias: tf.zeros([vocabSize]),
    },
  };
}

/** All layers weigh the same at first, and the size is 1. */
export const initElmoMix = ({ nLayer }: ElmoConfig): ElmoMix => ({
  scores: tf.zeros([nLayer + 1]),
  scale: tf.scalar(1),
});

/** What each direction knows at each place, layer by layer, layer 0 being the tokens: float32 [B, T, C] each. */
interface Directions {
  readonly forward: readonly tf.Tensor[];
  readonly backward: readonly tf.Tensor[];
}

function elmoDirections(params: ElmoParams, config: ElmoConfig, ids: tf.Tensor, ctx: Context): Directions {
  if (ids.rank !== 2) throw new RangeError(`elmo: ids must be [B, T], got [${ids.shape.join(", ")}]`);
  const tokens = tap(ctx, "embed", embed(ids, params.tokens)); // [B, T, C]
  const run = (name: "forward" | "backward"): tf.Tensor[] => {
    const turn = (x: tf.Tensor): tf.Tensor => (name === "backward" ? tf.reverse(x, 1) : x);
    const states = [tokens];
    let x = turn(tokens); // [B, T, C]
    params[name].forEach((layer, i) => {
      const at = within(ctx, `${name}.${i}`);
      const { out } = rnnLayer(layer, "lstm", drop(at, x, config.rate ?? 0, "in")); // [B, T, C]
      // The paper connects the first layer's input around the second (section 3.4, "a residual connection").
      x = i === 0 ? out : out.add(x);
      states.push(tap(at, "out", turn(x)));
    });
    return states;
  };
  return { forward: run("forward"), backward: run("backward") };
}

/**
 * The layers of both directions side by side, R_k = {x_k, h_k1, h_k2, ...} (Peters 2018, equation of section 3.2).
 * @param ids int32 [B, T]
 * @returns nLayer + 1 tensors float32 [B, T, 2 C]; the first holds the token's vector twice
 */
export function elmoStates(
  params: ElmoParams,
  config: ElmoConfig,
  ids: tf.Tensor,
  ctx: Context = {},
): tf.Tensor[] {
  const { forward, backward } = elmoDirections(params, config, ids, ctx);
  return forward.map((each, i) => tf.concat([each, backward[i]!], -1)); // [B, T, 2 C]
}

/**
 * A task's vectors: gamma sum_j softmax(s)_j h_kj (Peters 2018, equation 1).
 * @param states from `elmoStates`
 * @returns float32 [B, T, 2 C]
 */
export function mixElmo({ scores, scale }: ElmoMix, states: readonly tf.Tensor[]): tf.Tensor {
  if (scores.size !== states.length)
    throw new RangeError(`mixElmo: ${scores.size} scores for ${states.length} layers`);
  const weights = tf.softmax(scores); // [L + 1]
  return states
    .map((state, i) => state.mul(weights.slice([i], [1])))
    .reduce((sum, each) => sum.add(each))
    .mul(scale);
}

/**
 * Both language models' scores.
 * @param ids int32 [B, T]
 * @returns logits float32 [B, T, V]: `forward` row t scores what follows place t, `backward` row t what stands before it
 */
export function elmo(
  params: ElmoParams,
  config: ElmoConfig,
  ids: tf.Tensor,
  ctx: Context = {},
): { readonly forward: tf.Tensor; readonly backward: tf.Tensor } {
  const { forward, backward } = elmoDirections(params, config, ids, ctx);
  return {
    forward: tap(ctx, "logits.forward", dense(params.head, forward.at(-1)!)), // [B, T, V]
    backward: tap(ctx, "logits.backward", dense(params.head, backward.at(-1)!)), // [B, T, V]
  };
}

/**
 * The loss of both directions, in nats a token each, added (Peters 2018, section 3.1).
 * @param ids int32 [B, T]; place t + 1 is asked of the forward model, place t of the backward one
 */
export function elmoLoss(
  params: ElmoParams,
  config: ElmoConfig,
  ids: tf.Tensor,
  ctx: Context = {},
): tf.Scalar {
  const { forward, backward } = elmo(params, config, ids, ctx);
  const last = (ids.shape[1] as number) - 1;
  if (last < 1) throw new RangeError("elmoLoss: a text of one token has nothing to predict");
  const following = crossEntropy(forward.slice([0, 0, 0], [-1, last, -1]), ids.slice([0, 1], [-1, last]));
  const before = crossEntropy(backward.slice([0, 1, 0], [-1, last, -1]), ids.slice([0, 0], [-1, last]));
  return following.add(before) as tf.Scalar;
}
