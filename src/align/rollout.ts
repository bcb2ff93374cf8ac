import type { Rng } from "../engine";
import { generateAll, openReader, temperature } from "../generate";
import type { Decoder } from "../models";
import type { Written } from "./rows";

/** An answer that a policy has drawn. */
export interface Drawn extends Written {
  /** Ended by the end token, and not cut off. */
  readonly finished: boolean;
}

export interface RolloutOptions {
  /** Most tokens of an answer, the end token included. */
  readonly maxNewTokens: number;
  /** Ends an answer. Without it all have `maxNewTokens`. */
  readonly end?: number;
  /** Answers to prompt x depend on it and x alone, see `generate`. */
  readonly rng: Rng;
  /** 1 without it: the policy as it is, which PPO needs. */
  readonly temperature?: number;
}

/** Tokens of a prompt that is read in small pieces. */
const SHORT = 16;

/**
 * An answer to each prompt, drawn side by side with the cached decoder: one compiled step a token.
 * @throws as `generate`
 */
export async function rollout(
  writer: Decoder,
  prompts: readonly (readonly number[])[],
  { maxNewTokens, end, rng, temperature: t = 1 }: RolloutOptions,
): Promise<Drawn[]> {
  const longest = Math.max(...prompts.map(({ length }) => length));
  const size = longest + maxNewTokens;
  // Wide calls of short prompts read padding, and the room for it makes the cache of all later steps larger.
  const widths = longest <= SHORT ? [1, 4] : [1, 64];
  const reader = openReader(writer, { batch: prompts.length, size, widths });
  try {
    const { answers } = await generateAll(reader, prompts, {
      maxNewTokens,
      rng,
      ...(end === undefined ? {} : { stop: { ids: [end] } }),
      ...(t === 1 ? {} : { processors: [temperature(t)] }),
    });
    return answers.map(({ ids, finished }, i) => ({
      prompt: prompts[i] as readonly number[],
      answer: ids,
      finished: finished === "stop id",
    }));
  } finally {
    reader.dispose();
  }
}
