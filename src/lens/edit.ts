import { tf } from "../engine";
import type { Context } from "../nn";
import { nothingMatches } from "./capture";
import type { ModelRun } from "./capture";
import { kindOfActivation, matcher } from "./names";
import type { Names } from "./names";

/** Where in an activation something is changed: everywhere without it. */
export interface Where {
  /** Numbers of heads; for k and v, of heads of keys and values. */
  readonly heads?: readonly number[];
  /** Places of the text. */
  readonly positions?: readonly number[];
}

/** One change of activations. What `change` gives has the shape of what it is given. */
export interface Edit extends Where {
  readonly at: Names;
  readonly change: (value: tf.Tensor, name: string) => tf.Tensor;
}

/** Knocks a part out: zeros in its place (Michel 2019 for heads). */
export const zeroAblation = (at: Names, where: Where = {}): Edit => ({
  ...where,
  at,
  change: (value) => tf.zerosLike(value),
});

/**
 * Takes away what differs from place to place, and leaves what is common: the mean over all texts and places of this run
 * (Wang 2023, "mean ablation"). Gentler than zeros, which a model may never have seen there.
 */
export const meanAblation = (at: Names, where: Where = {}): Edit => ({
  ...where,
  at,
  change: (value, name) => tf.mean(value, [axis(name, "B"), placesAxis(name)], true).add(tf.zerosLike(value)),
});

/**
 * Puts in what another run had: activation patching (Vig 2020; Meng 2022, "causal tracing").
 * @param activations of a run on texts of the same shape, as `cacheActivations` gives them
 */
export const patch = (
  activations: Readonly<Record<string, tf.Tensor>>,
  at: Names = Object.keys(activations),
  where: Where = {},
): Edit => ({
  ...where,
  at,
  change(value, name) {
    const other = activations[name];
    if (!other) throw new Error(`patch: there is no "${name}" among the given activations`);
    if (String(other.shape) !== String(value.shape))
      throw new RangeError(
        `patch: "${name}" is [${value.shape.join(", ")}] here, but [${other.shape.join(", ")}] in the given activations`,
      );
    return other;
  },
});

/** Adds a vector [C], or anything that broadcasts: steering (Turner 2023). */
export const steer = (at: Names, vector: tf.Tensor, where: Where = {}): Edit => ({
  ...where,
  at,
  change: (value) => value.add(vector),
});

/**
 * Runs a model with some of its activations changed, in the order of the edits.
 *
 * ```ts
 * const logits = edited((ctx) => gpt(params, config, ids, ctx), [zeroAblation(["blocks.4.attn.mixed"], { heads: [7] })]);
 * ```
 * @param ctx what the run is given beside; its tap sees what the edits made
 * @returns what the run gives; the caller's
 * @throws Error for an edit that meets nothing: a wrong name would change nothing, and look like a finding
 */
export function edited(run: ModelRun, edits: readonly Edit[], ctx: Context = {}): tf.Tensor {
  const used = new Set<Edit>();
  const seen: string[] = [];
  const result = tf.tidy(() =>
    run({
      ...ctx,
      tap(name, given) {
        seen.push(name);
        let value = given;
        for (const edit of edits) {
          if (!matcher(edit.at)(name)) continue;
          used.add(edit);
          value = apply(edit, value, name);
        }
        return ctx.tap ? ctx.tap(name, value) : value;
      },
    }),
  );
  const unused = edits.find((edit) => !used.has(edit));
  if (!unused) return result;
  result.dispose();
  throw nothingMatches("edited", unused.at, seen);
}

function apply({ heads, positions, change }: Edit, value: tf.Tensor, name: string): tf.Tensor {
  const next = change(value, name);
  if (!heads && !positions) return next;
  let here: tf.Tensor | undefined;
  if (heads) here = chosen(value.shape, headsAxis(name), heads, `"${name}" has no head`);
  if (positions) {
    const places = chosen(value.shape, placesAxis(name), positions, `"${name}" has no position`);
    here = here ? tf.logicalAnd(here, places) : places;
  }
  return tf.where(tf.logicalAnd(here as tf.Tensor, tf.onesLike(value).cast("bool")), next, value);
}

/** True at these numbers of one axis; size 1 on all others. */
function chosen(
  shape: readonly number[],
  at: number,
  numbers: readonly number[],
  missing: string,
): tf.Tensor {
  const size = shape[at] as number;
  const wrong = numbers.find((n) => !Number.isInteger(n) || n < 0 || n >= size);
  if (wrong !== undefined) throw new RangeError(`${missing} ${wrong}: there are ${size}, from 0`);
  const flags = Array.from({ length: size }, (_, i) => numbers.includes(i));
  return tf.tensor(
    flags,
    shape.map((_, i) => (i === at ? size : 1)),
    "bool",
  );
}

const headsAxis = (name: string): number => axis(name, "H", "K");
const placesAxis = (name: string): number => axis(name, "T", "S");

/** Where the first of these letters stands in the shape of an activation. */
function axis(name: string, ...letters: readonly string[]): number {
  const kind = kindOfActivation(name);
  const at = letters.map((letter) => kind?.shape.indexOf(letter) ?? -1).find((place) => place >= 0);
  if (at === undefined)
    throw new Error(
      `"${name}" has no axis ${letters.join(" or ")}: its shape is ${kind?.shape ?? "unknown"}`,
    );
  return at;
}
