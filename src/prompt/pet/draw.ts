/** A handful of labels, drawn from many: what an experiment's seed decides. */
import { shuffle } from "../../engine";
import type { Rng } from "../../engine";

export interface Drawn<E> {
  readonly labelled: readonly E[];
  /** The other rows; that they have labels is not to be looked at. */
  readonly unlabelled: readonly E[];
}

/**
 * Draws rows with the labels in equal numbers (one more of the first ones where it does not divide), in random order.
 * @param count rows in all
 * @throws RangeError where `count` is no whole number from 0, or a label has too few rows
 */
export function drawLabelled<E extends { readonly label: string }>(
  rows: readonly E[],
  labels: readonly string[],
  count: number,
  rng: Rng,
): Drawn<E> {
  if (!Number.isInteger(count) || count < 0)
    throw new RangeError(`drawLabelled: count must be a whole number from 0, got ${count}`);
  const left = new Map(labels.map((label, k) => [label, Math.floor(count / labels.length) + (k < count % labels.length ? 1 : 0)])); // prettier-ignore
  const labelled: E[] = [];
  const unlabelled: E[] = [];
  for (const row of shuffle(rng, rows)) {
    const wanted = left.get(row.label) ?? 0;
    if (wanted > 0) left.set(row.label, wanted - 1);
    (wanted > 0 ? labelled : unlabelled).push(row);
  }
  for (const [label, missing] of left)
    if (missing > 0)
      throw new RangeError(`drawLabelled: label "${label}" has ${missing} rows too few. Cure: draw fewer`);
  return { labelled, unlabelled };
}

/** A label that is known, as a distribution: 1 for it, 0 for the others. @throws RangeError for another label */
export function oneHot(labels: readonly string[], label: string): number[] {
  if (!labels.includes(label))
    throw new RangeError(`There is no label "${label}". There are: ${labels.join(", ")}.`);
  return labels.map((each) => (each === label ? 1 : 0));
}
