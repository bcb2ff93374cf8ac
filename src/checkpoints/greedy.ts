import { flattenTensors, jit, tf } from "../engine";
import { gptCache, gptStates, llamaCache, llamaHead, llamaStates } from "../models";
import { openCache } from "../nn";
import type { CacheState, Context } from "../nn";
import { linear } from "../ops";
import type { LoadedGpt, LoadedLlama } from "./model";

type Decoder = LoadedGpt | LoadedLlama;

/**
 * The most probable next token again and again, for many prompts at once. Prompts of different lengths are padded on
 * the left, and the cache keeps the padding out of sight: each answer is what its prompt alone would get. Nothing ends
 * an answer: cut it at one of `model.special.end`.
 *
 * @param prompts ids, at least one a prompt
 * @returns `newTokens` ids a prompt
 * @throws RangeError for an id outside the vocabulary, an empty prompt, more tokens than the context holds
 */
export async function greedy(
  model: Decoder,
  prompts: readonly (readonly number[])[],
  newTokens: number,
): Promise<number[][]> {
  const { vocabSize, context } = model.config;
  checkPrompts(prompts, vocabSize);
  if (!Number.isInteger(newTokens) || newTokens < 1) throw new RangeError(`greedy: ${newTokens} new tokens.`);
  const longest = Math.max(...prompts.map(({ length }) => length));
  const size = longest + newTokens;
  if (size > context)
    throw new RangeError(`greedy: ${longest} + ${newTokens} tokens are more than the context of ${context}.`);
  const padding = prompts.map(({ length }) => longest - length);
  const rows = prompts.map((ids, i) => [...new Array<number>(padding[i] as number).fill(0), ...ids]);

  const step = jit(
    (params: Decoder["params"], state: CacheState, ids: tf.Tensor) => {
      const cache = openCache(state);
      const next = tf.argMax(lastLogits({ ...model, params } as Decoder, ids, { cache }), -1); // [B]
      return { next: next.cast("int32").expandDims(1), state: cache.next(ids.shape[1] as number) }; // [B, 1]
    },
    { name: "greedy" },
  );
  const chosen: tf.Tensor[] = [];
  let state = tidy(() => emptyState(model, prompts.length, size, padding));
  try {
    for (let i = 0; i < newTokens; i++) {
      const before = state;
      const out = tidy(() =>
        step(model.params, before, chosen.at(-1) ?? tf.tensor2d(rows, undefined, "int32")),
      );
      tf.dispose(flattenTensors(before).leaves);
      chosen.push(out.next);
      state = out.state;
    }
    const columns = await Promise.all(chosen.map((next) => next.data()));
    return prompts.map((_, row) => columns.map((ids) => ids[row] as number));
  } finally {
    tf.dispose(chosen);
    tf.dispose(flattenTensors(state).leaves);
    step.dispose();
  }
}

/** tf.tidy for a record of tensors. */
const tidy = <T>(make: () => T): T => tf.tidy(make as () => tf.TensorContainer) as T;

/** Scores of what follows the last token: float32 [B, V]. */
function lastLogits(model: Decoder, ids: tf.Tensor, ctx: Context): tf.Tensor {
  const last = (states: tf.Tensor): tf.Tensor => {
    const [batch, time, width] = states.shape as [number, number, number];
    return states.slice([0, time - 1, 0], [batch, 1, width]).reshape([batch, width]); // [B, C]
  };
  if (model.family === "gpt2")
    return linear(last(gptStates(model.params, model.config, ids, ctx)), model.params.tokens.transpose());
  return llamaHead(model.params, last(llamaStates(model.params, model.config, ids, ctx)));
}

function emptyState(model: Decoder, batch: number, size: number, start: readonly number[]): CacheState {
  return model.family === "gpt2"
    ? gptCache(model.config, batch, size, start)
    : llamaCache(model.config, batch, size, start);
}

/** On the host, so that a bad id is an error on every engine. */
function checkPrompts(prompts: readonly (readonly number[])[], vocabSize: number): void {
  if (prompts.length === 0) throw new RangeError("greedy: there is no prompt.");
  prompts.forEach((ids, i) => {
    if (ids.length === 0) throw new RangeError(`greedy: prompt ${i} is empty.`);
    const at = ids.findIndex((id) => !Number.isInteger(id) || id < 0 || id >= vocabSize);
    if (at >= 0)
      throw new RangeError(`greedy: prompts[${i}][${at}] is ${ids[at]}, outside 0 to ${vocabSize - 1}.`);
  });
}
