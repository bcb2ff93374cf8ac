import { jit, sliceAt, tf } from "../../engine";
import type { Jitted } from "../../engine";
import type { Decoder } from "../../models";
import { openCache } from "../../nn";
import type { CacheState } from "../../nn";
import { keepPath, openTreeCache } from "./cache";
import type { TreeTensors } from "./cache";
import { medusaScores } from "./heads";
import type { MedusaHead } from "./heads";

type Layers = CacheState["layers"];

/** What reading gives: scores and states of what was read, and the cache. */
export interface Read {
  /** float32 [1, N, V] */
  readonly logits: tf.Tensor;
  /** float32 [1, N, C] */
  readonly states: tf.Tensor;
  readonly layers: Layers;
}

/** The compiled parts of decoding with heads. Each is compiled once for a shape: a tree's size, a prompt's piece. */
export interface Programs {
  /** Reads a piece of the prompt, int32 [1, W], of which the token at `last` is scored: N = 1. */
  prompt: Jitted<[params: unknown, state: CacheState, ids: tf.Tensor, last: tf.Tensor], Read>;
  /**
   * Reads a tree, ids int32 [1, N]. First it moves the path that the last round took: the nodes `path` of the tree
   * that lies at `from`.
   */
  tree: Jitted<
    [params: unknown, state: CacheState, from: tf.Tensor, path: tf.Tensor, tree: TreeTensors, ids: tf.Tensor],
    Read
  >;
  /** The best `top` candidates of each head, int32 [K, top], after the node whose state it is. */
  guess: Jitted<
    [params: unknown, heads: readonly MedusaHead[], states: tf.Tensor, node: tf.Tensor, top: number],
    tf.Tensor
  >;
}

/** Programs live as long as their model. */
const known = new WeakMap<Decoder, Programs>();

export function programsOf(decoder: Decoder): Programs {
  const made = known.get(decoder) ?? makePrograms(decoder);
  known.set(decoder, made);
  return made;
}

function makePrograms(decoder: Decoder): Programs {
  const zero = (): tf.Scalar => tf.scalar(0, "int32");
  /** The row `at` of [1, N, C], as [1, 1, C]. */
  const row = (states: tf.Tensor, at: tf.Tensor): tf.Tensor =>
    sliceAt(states, tf.stack([zero(), at, zero()]), [1, 1, states.shape[2] as number]);
  return {
    prompt: jit(
      (params, state, ids, last) => {
        const cache = openCache(state);
        const states = row(decoder.states(params, ids, { cache }), last); // [1, 1, C]
        return { logits: decoder.head(params, states), states, layers: cache.next(0).layers };
      },
      { name: "prompt" },
    ),
    tree: jit(
      (params, state, from, path, tree, ids) => {
        const moved = { ...state, layers: keepPath(state.layers, from, path) };
        const cache = openTreeCache(moved, tree);
        const states = decoder.states(params, ids, { cache }); // [1, N, C]
        return { logits: decoder.head(params, states), states, layers: cache.next(0).layers };
      },
      { name: "tree" },
    ),
    guess: jit(
      (params, heads, states, node, top) => {
        const scores = medusaScores({ heads }, decoder, row(states, node), params); // K of [1, 1, V]
        const all = tf.concat(scores.map((each) => each.reshape([1, -1]))); // [K, V]
        return tf.topk(all, top).indices; // [K, top]
      },
      { name: "guess" },
    ),
  };
}
