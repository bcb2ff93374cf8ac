/**
 * PET with a model that reads from left to right. Its score of a word is the word's row of the output table times the
 * state of the last token of the prompt; so with the model left as it is, all that can learn are the rows of the label
 * words (linear.ts), and the states are computed once for all draws, steps and words.
 */
import { jit, tf } from "../../engine";
import { intsTensor, stackRows } from "../../data";
import { llamaStates } from "../../models";
import type { LlamaConfig, LlamaParams } from "../../models";
import { embed } from "../../ops";
import { lengthBatches } from "../requests";

/** A causal model as plain data; its head is the table of tokens. */
export interface CausalModel {
  readonly config: LlamaConfig;
  readonly params: LlamaParams;
}

export interface AnswerStatesOptions {
  /** Prompts of a call; 16. */
  readonly batch?: number;
  /** Lengths that prompts are filled up to: a program is compiled for each that occurs. */
  readonly widths?: readonly number[];
  /** Told each state as it is there, to be kept; false ends the work before the next call. */
  readonly each?: (index: number, state: Float32Array) => boolean | void;
}

/**
 * The state after the last token of each prompt, where the answer would come.
 * @param prompts ids
 * @returns float32 [N][C], undefined where `each` ended the work before
 * @throws RangeError for a prompt that is empty or beyond the largest width, or a model with a head of its own
 */
export async function answerStates(
  { config, params }: CausalModel,
  prompts: readonly (readonly number[])[],
  { batch = 16, widths = [16, 24, 32, 48, 64], each }: AnswerStatesOptions = {},
): Promise<(Float32Array | undefined)[]> {
  if (!config.tied) throw new RangeError("answerStates: the head must be the table of tokens (tied)");
  const most = Math.max(...widths);
  prompts.forEach(({ length }, i) => {
    if (length === 0 || length > most)
      throw new RangeError(`answerStates: prompt ${i} has ${length} tokens, 1 to ${most} are meant`);
  });
  const run = jit(
    (ids: tf.Tensor, last: tf.Tensor): tf.Tensor =>
      embed(last, llamaStates(params, config, ids).reshape([-1, config.dModel])), // [B, T, C] -> [B * T, C] -> [B, C]
    { name: "answer states" },
  );
  const found = new Array<Float32Array | undefined>(prompts.length).fill(undefined);
  const lengths = [...widths].sort((a, b) => a - b);
  try {
    for (const { members, filled, length } of lengthBatches(prompts, batch, lengths)) {
      const rows = filled.map((index) => prompts[index]!);
      const states = tf.tidy(() =>
        run(
          intsTensor(stackRows(rows, { length, pad: 0 })),
          tf.tensor1d(rows.map((row, b) => b * length + row.length - 1), "int32"), // prettier-ignore
        ),
      ); // [B, C]
      const values = (await states.data()) as Float32Array;
      states.dispose();
      let goesOn = true;
      members.forEach((i, b) => {
        const state = values.slice(b * config.dModel, (b + 1) * config.dModel);
        found[i] = state;
        if (each?.(i, state) === false) goesOn = false;
      });
      if (!goesOn) break;
    }
  } finally {
    run.dispose();
  }
  return found;
}

/** Rows of the output table for the words of each label, of several words their mean: [K][C]. @param words ids, [K][words] */
export async function wordRows(
  { params }: CausalModel,
  words: readonly (readonly number[])[],
): Promise<number[][]> {
  const rows = tf.tidy(() => embed(tf.tensor1d(words.flat(), "int32"), params.tokens)); // [W, C]
  const table = (await rows.array()) as number[][];
  rows.dispose();
  let at = 0;
  return words.map(({ length }) => {
    const own = table.slice(at, (at += length));
    return own[0]!.map((_, c) => own.reduce((sum, row) => sum + row[c]!, 0) / length);
  });
}
