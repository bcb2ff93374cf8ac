import { tf, updateAt } from "../../engine";
import { openCache } from "../../nn";
import type { CacheState, KvCache } from "../../nn";

/** A tree as tensors; N nodes. */
export interface TreeTensors {
  /** float32 [N, N]: 1 where the row's node sees the column's. */
  readonly mask: tf.Tensor;
  /** int32 [N]: depth of each node. */
  readonly depths: tf.Tensor;
}

/**
 * A cache that reads a tree in place of a text: N new tokens, of which each stands at the position of its depth and
 * sees all that was read before and its own path. Keys and values of the nodes lie side by side after those of the text.
 */
export function openTreeCache(state: CacheState, { mask, depths }: TreeTensors): KvCache {
  const plain = openCache(state);
  const { length, start } = state;
  const nodes = depths.shape[0] as number;
  const zero = tf.scalar(0, "int32");
  return {
    ...plain,
    positions(time) {
      expectNodes(time, nodes);
      const places = depths.expandDims(0).add(length).sub(start.expandDims(1)); // [B, N]
      return tf.maximum(places, zero);
    },
    mask(time) {
      expectNodes(time, nodes);
      const size = (Object.values(state.layers)[0] as { k: tf.Tensor }).k.shape[2] as number;
      const places = tf.range(0, size, 1, "int32"); // [S]
      // The text is seen by all; of the tree each place is a column of its mask.
      const column = places.sub(length); // [S]
      const within = tf.minimum(tf.maximum(column, zero), tf.scalar(nodes - 1, "int32"));
      const inTree = tf.logicalAnd(
        tf.equal(column, within),
        tf.greater(tf.gather(mask, within as tf.Tensor1D, 1), tf.scalar(0)), // [N, S]
      );
      const batch = start.shape[0] as number;
      const text = tf.logicalAnd(tf.less(column, zero), tf.greaterEqual(places, start.expandDims(1))); // [B, S]
      return tf.logicalOr(text.reshape([batch, 1, 1, size]), inTree.reshape([1, 1, nodes, size])); // [B, 1, N, S]
    },
  };
}

/**
 * Keys and values of a path, moved to where a text would have them: place `length + i` takes what lies at
 * `length + nodes[i]`. A path is in order, so `nodes[i] >= i` and nothing is lost that is still needed.
 * @param nodes int32 [D]
 */
export function keepPath(
  layers: CacheState["layers"],
  length: tf.Tensor,
  nodes: tf.Tensor,
): CacheState["layers"] {
  const from = nodes.add(length) as tf.Tensor1D; // [D]
  const zero = tf.scalar(0, "int32");
  const at = tf.stack([zero, zero, length, zero]);
  const moved = (x: tf.Tensor): tf.Tensor => updateAt(x, tf.gather(x, from, 2), at); // [B, H_kv, S, D]
  return Object.fromEntries(
    Object.entries(layers).map(([name, { k, v }]) => [name, { k: moved(k), v: moved(v) }]),
  );
}

function expectNodes(time: number, nodes: number): void {
  if (time !== nodes) throw new RangeError(`A tree of ${nodes} nodes is read at once, not ${time} tokens.`);
}
