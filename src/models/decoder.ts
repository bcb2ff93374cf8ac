import type { tf } from "../engine";
import type { CacheState, Context } from "../nn";
import { tiedHead } from "../ops";
import type { Weight } from "../ops";
import { gptCache, gptStates } from "./gpt";
import type { GptConfig, GptParams } from "./gpt";
import { llamaCache, llamaHead, llamaStates } from "./llama";
import type { LlamaConfig, LlamaParams } from "./llama";

/**
 * What decoding needs to know of a model that writes: states and scores apart, so that a long prompt is not scored at
 * each of its tokens, and a cache of its own shape. Plain data; the parameters stay their owner's.
 */
export interface Decoder<Params = unknown> {
  readonly vocabSize: number;
  /** Most tokens of a text. */
  readonly context: number;
  readonly params: Params;
  /** Ids int32 [B, T] to states [B, T, C]. */
  states(params: Params, ids: tf.Tensor, ctx: Context): tf.Tensor;
  /** States [..., C] to logits [..., V]. */
  head(params: Params, states: tf.Tensor): tf.Tensor;
  /** An empty cache for `size` tokens of `batch` texts; `start`: by text, places of padding on its left. */
  cache(batch: number, size: number, start?: readonly number[]): CacheState;
}

export function gptDecoder<W extends Weight>(params: GptParams<W>, config: GptConfig): Decoder<GptParams<W>> {
  return {
    vocabSize: config.vocabSize,
    context: config.context,
    params,
    states: (given, ids, ctx) => gptStates(given, config, ids, ctx),
    head: (given, states) => tiedHead(states, given.tokens),
    cache: (batch, size, start) => gptCache(config, batch, size, start),
  };
}

export function llamaDecoder<W extends Weight>(
  params: LlamaParams<W>,
  config: LlamaConfig,
): Decoder<LlamaParams<W>> {
  return {
    vocabSize: config.vocabSize,
    context: config.context,
    params,
    states: (given, ids, ctx) => llamaStates(given, config, ids, ctx),
    head: llamaHead,
    cache: (batch, size, start) => llamaCache(config, batch, size, start),
  };
}
