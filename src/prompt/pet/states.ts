/**
 * What the lower layers say about texts. With a handful of labels the lower layers are better left as they are, and what is
 * left as it is need be computed once: all seeds, patterns and steps of an experiment then share it.
 */
import { jit, tf } from "../../engine";
import { intsTensor, stackRows } from "../../data";
import { bertBlocks, bertEmbed } from "../../models";
import type { MaskedModel, MaskedPlace } from "../masked";
import { lengthBatches } from "../requests";

/** Texts on their way through a model, after its first `from` blocks. The caller frees them: `disposeTree`. */
export interface States {
  /** Blocks that they have been through. */
  readonly from: number;
  /** float32 [N, T, C] */
  readonly states: tf.Tensor;
  /** int32 [N, T]: 1 for tokens, 0 for padding */
  readonly mask: tf.Tensor;
  /** int32 [N]: the place that is asked about, a mask or [CLS] */
  readonly at: tf.Tensor;
}

export interface StatesOptions {
  /** Blocks to go through; the others can learn. */
  readonly from: number;
  /** Tokens that every row is filled up to, T. */
  readonly length: number;
  /** Rows of a call; 32. */
  readonly batch?: number;
}

/** Ids int32 [B, T] and their mask to the states after the first `from` blocks, float32 [B, T, C], compiled. */
export const frozenBlocks = ({ config, params }: Pick<MaskedModel, "config" | "params">, from: number) =>
  jit(
    (ids: tf.Tensor, mask: tf.Tensor): tf.Tensor =>
      bertBlocks(params, config, bertEmbed(params, config, ids), {}, { mask: mask.cast("bool") }, { to: from }), // prettier-ignore
    { name: "frozen blocks" },
  );

export interface StateReader {
  /**
   * @param rows from `clozeRows` or `plainRows`
   * @throws RangeError where there are no rows or one is longer than `length`
   */
  read(rows: readonly MaskedPlace[]): States;
  /** Frees the compiled program. */
  dispose(): void;
}

/**
 * Sends texts through the first blocks; its program is compiled once.
 * @throws RangeError where there are not so many blocks
 */
export function stateReader(model: MaskedModel, { from, length, batch = 32 }: StatesOptions): StateReader {
  if (!Number.isInteger(from) || from < 0 || from > model.config.nLayer)
    throw new RangeError(`stateReader: from must be 0 to ${model.config.nLayer} blocks, got ${from}`);
  const run = frozenBlocks(model, from);
  return {
    read(rows) {
      if (rows.length === 0) throw new RangeError("stateReader: there are no rows");
      // Short texts are read together, in three quarters of the places or in half of them.
      const sizes = [Math.ceil(length / 2), Math.ceil((3 * length) / 4), length];
      const batches = lengthBatches(rows.map(({ ids }) => ids), batch, sizes); // prettier-ignore
      return tf.tidy(() => {
        const parts = batches.map(({ members, filled, length: size }) => {
          const { ids, mask } = rowTensors(filled.map((index) => rows[index]!), size); // prettier-ignore
          const states = run(ids, mask).slice([0, 0, 0], [members.length, -1, -1]);
          return states.pad([[0, 0], [0, length - size], [0, 0]]); // prettier-ignore
        });
        const { mask, at } = rowTensors(rows, length);
        const order = batches.flatMap(({ members }) => members);
        const back = order.map((_, i) => i).sort((i, j) => order[i]! - order[j]!);
        return { from, states: tf.gather(tf.concat(parts), back), mask, at }; // [N, T, C]
      });
    },
    dispose: () => run.dispose(),
  };
}

/** The states of rows, where they are read once. @throws as `stateReader` */
export function frozenStates(
  model: MaskedModel,
  rows: readonly MaskedPlace[],
  options: StatesOptions,
): States {
  const reader = stateReader(model, options);
  try {
    return reader.read(rows);
  } finally {
    reader.dispose();
  }
}

/** Rows as tensors: ids and mask int32 [B, T], at int32 [B]. The caller disposes them. */
export function rowTensors(
  rows: readonly MaskedPlace[],
  length: number,
): { ids: tf.Tensor; mask: tf.Tensor; at: tf.Tensor } {
  return {
    ids: intsTensor(stackRows(rows.map(({ ids }) => ids), { length, pad: 0 })), // prettier-ignore
    mask: intsTensor(stackRows(rows.map(({ ids }) => ids.map(() => 1)), { length, pad: 0 })), // prettier-ignore
    at: tf.tensor1d(rows.map(({ at }) => at), "int32"), // prettier-ignore
  };
}

/** Some of the rows, by their numbers. The caller frees them. */
export function takeRows({ from, states, mask, at }: States, rows: readonly number[]): States {
  return tf.tidy(() => {
    const which = tf.tensor1d([...rows], "int32");
    return { from, states: tf.gather(states, which), mask: tf.gather(mask, which), at: tf.gather(at, which) };
  });
}
