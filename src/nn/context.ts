import { fork, tf } from "../engine";
import type { Rng } from "../engine";
import { dropout } from "../ops";
import type { KvCache } from "./cache";

/**
 * What a model is told beside its parameters and its input. Everything is optional: `{}` runs a model as it is used.
 */
export interface Context {
  /**
   * Given in training: dropout draws from it, and without it nothing drops. Give each step a key of its own,
   * `fork(rng, step)`: parts fork by name, and forks of one key are the same.
   */
  readonly rng?: Rng;
  /** Sees every named activation, and what it gives back is used in its place (src/lens). */
  readonly tap?: (name: string, value: tf.Tensor) => tf.Tensor;
  /** Where in the model this is, "blocks.0.attn": the beginning of names. */
  readonly scope?: string;
  /** Keys and values of what was read before, for decoding. */
  readonly cache?: KvCache;
}

/** The context of a part: names begin with its name, and its dropout has numbers of its own. */
export function within(ctx: Context, name: string): Context {
  const scope = nameIn(ctx, name);
  return { ...ctx, scope, ...(ctx.rng ? { rng: fork(ctx.rng, name) } : {}) };
}

/** Shows an activation to whoever listens, and takes what comes back. */
export function tap(ctx: Context, name: string, value: tf.Tensor): tf.Tensor {
  return ctx.tap ? ctx.tap(nameIn(ctx, name), value) : value;
}

/** Dropout in training, nothing otherwise. `name` sets its numbers apart from others of the same part. */
export function drop(ctx: Context, x: tf.Tensor, rate: number, name: string): tf.Tensor {
  return ctx.rng && rate > 0 ? dropout(x, rate, fork(ctx.rng, name)) : x;
}

const nameIn = ({ scope }: Context, name: string): string => (scope ? `${scope}.${name}` : name);
