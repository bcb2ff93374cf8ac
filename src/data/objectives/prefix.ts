import { integer } from "../../engine";
import type { Rng } from "../../engine";
import { IGNORE } from "../batches";
import { causalLm } from "./causal";
import type { CausalExample } from "./causal";

export interface PrefixExample extends CausalExample {
  /** So many ids at the front see each other in both directions. They are given, so no label asks for them. */
  readonly prefix: number;
}

/**
 * Prefix language modelling: the front of a text is given, the rest is to be said from left to right (Raffel 2020,
 * section 3.2.3). `prefix` goes to the mask.
 *
 * @param ids n of them
 * @param prefix how many are given, 1 to n - 1
 * @returns rows of n - 1; labels are IGNORE before the prefix's last place, which says the first id that follows
 */
export function prefixLm(ids: ArrayLike<number>, prefix: number): PrefixExample {
  const { inputs, labels } = causalLm(ids);
  if (!Number.isInteger(prefix) || prefix < 1 || prefix >= ids.length)
    throw new RangeError(`prefixLm: prefix must be from 1 to ${ids.length - 1}, got ${prefix}`);
  labels.fill(IGNORE, 0, prefix - 1);
  return { inputs, labels, prefix };
}

/** `prefixLm` with a prefix of any length from 1 to n - 1, each as likely (t5's `random_prefix_noise_mask`). */
export function randomPrefixLm(ids: ArrayLike<number>, rng: Rng): PrefixExample {
  if (ids.length < 2) throw new RangeError(`randomPrefixLm: ${ids.length} ids have nothing to predict`);
  return prefixLm(ids, 1 + integer(rng, ids.length - 1));
}
