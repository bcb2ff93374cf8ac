import { tf } from "../engine";
import type { Context } from "../nn";
import { matcher, namesText } from "./names";
import type { Names } from "./names";

/** A call of a model: what is given to it beside its parameters and its input is `ctx`. */
export type ModelRun = (ctx: Context) => tf.Tensor;

/** What a run gave, and what it showed. All tensors are the caller's. */
export interface Captured {
  readonly result: tf.Tensor;
  /** By name, in the order in which the model showed them. */
  readonly activations: Readonly<Record<string, tf.Tensor>>;
}

/**
 * Runs a model and keeps activations. All others are freed on the way, so that only what is asked for takes memory.
 * Inside of `jit` it works as well: the activations are results of the program.
 *
 * ```ts
 * const { result, activations } = cacheActivations((ctx) => gpt(params, config, ids, ctx), /attn\.pattern$/);
 * ```
 * @param names which activations; all without it
 * @param ctx what the run is given beside: its tap comes first, and what it changes is what is kept
 * @throws Error where the model shows nothing by these names
 */
export function cacheActivations(run: ModelRun, names: Names = () => true, ctx: Context = {}): Captured {
  const wanted = matcher(names);
  const seen: string[] = [];
  const kept: Record<string, tf.Tensor> = {};
  const keep = (name: string, given: tf.Tensor): tf.Tensor => {
    const value = ctx.tap ? ctx.tap(name, given) : given;
    seen.push(name);
    // Kept, since a tidy inside of the run (`edited` has one) would free it.
    if (wanted(name)) {
      kept[name]?.dispose(); // a part that is called twice shows its last call
      kept[name] = tf.keep(value.clone());
    }
    return value;
  };
  try {
    return tf.tidy(() => {
      const result = run({ ...ctx, tap: keep }).clone();
      const found = Object.entries(kept);
      if (found.length === 0) throw nothingMatches("cacheActivations", names, seen);
      return { result, activations: Object.fromEntries(found.map(([name, value]) => [name, value.clone()])) };
    });
  } finally {
    tf.dispose(kept);
  }
}

/** The names and shapes of all that a run shows, in order. */
export function listActivations(run: ModelRun): { readonly name: string; readonly shape: number[] }[] {
  const { result, activations } = cacheActivations(run);
  const list = Object.entries(activations).map(([name, { shape }]) => ({ name, shape: [...shape] }));
  tf.dispose([result, activations]);
  return list;
}

export function nothingMatches(who: string, names: Names, seen: readonly string[]): Error {
  const shown =
    seen.length === 0 ? "nothing" : seen.slice(0, 12).join(", ") + (seen.length > 12 ? ", ..." : "");
  return new Error(`${who}: no activation matches ${namesText(names)}; the model shows ${shown}`);
}
