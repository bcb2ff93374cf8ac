import { jit, tf } from "../engine";
import { llamaDecoder, llamaHead, llamaStack } from "../models";
import type { Decoder, LlamaConfig, LlamaParams, LlamaStack } from "../models";
import { embed } from "../ops";
import { mapTensors } from "../tree";

/** A large model of which only the last blocks are trained. */
export interface UpperBlocks {
  /** The last blocks and the norm after them, a copy of the model's own; the caller frees it. */
  readonly params: LlamaStack;
  /** They read what the blocks below have made of a text, see `read`, and share the model's head, which stays. */
  readonly model: Decoder<LlamaStack>;
  /** Ids int32 [B, T] to what the last blocks read, float32 [B, T, C], new: it stays the same while those are trained. */
  read(ids: tf.Tensor): tf.Tensor;
  /** The same from ids, for what reads each text only once: a reward model in its one epoch. */
  readonly states: Decoder<LlamaStack>["states"];
  /** The whole model with other last blocks, for writing. */
  writer(upper: LlamaStack): Decoder;
  /** Frees the compiled program of `read`. */
  dispose(): void;
}

/**
 * Cuts a model in two. Fine-tuning all of 135 million numbers takes four times their memory for gradients and Adam's
 * averages, and most of the time; the last blocks alone take little of both, and the others run once for each text.
 *
 * @param free how many blocks are trained
 * @throws RangeError where the model has no such number of blocks
 */
export function upperBlocks(params: LlamaParams, config: LlamaConfig, free: number): UpperBlocks {
  const from = params.blocks.length - free;
  if (!Number.isInteger(free) || free < 1 || from < 0)
    throw new RangeError(`upperBlocks: free must be from 1 to the model's ${params.blocks.length} blocks, got ${free}`);
  const whole = llamaDecoder(params, config) as Decoder<LlamaParams>;
  const own: LlamaStack = mapTensors({ blocks: params.blocks.slice(from), norm: params.norm }, (tensor) => tensor.clone()); // prettier-ignore
  const lower = { tokens: params.tokens, blocks: params.blocks.slice(0, from) };
  const below = (frozen: typeof lower, ids: tf.Tensor): tf.Tensor =>
    llamaStack(frozen, config, embed(ids, frozen.tokens)); // [B, T, C]
  const program = jit(below, { name: "lower blocks" });
  return {
    params: own,
    model: {
      ...whole,
      params: own,
      states: (upper, x, ctx) => llamaStack(upper, config, x, ctx),
      head: (_, states) => llamaHead(params, states),
    },
    states: (upper, ids, ctx) => llamaStack(upper, config, below(lower, ids), ctx),
    read: (ids) => tf.tidy(() => program(lower, ids)),
    writer: (upper) =>
      ({ ...whole, params: { ...params, blocks: [...lower.blocks, ...upper.blocks], norm: upper.norm ?? params.norm } }) as Decoder, // prettier-ignore
    dispose: () => program.dispose(),
  };
}
