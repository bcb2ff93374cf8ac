/**
 * Demonstrations as text, and with labels that are wrong on purpose: Min et al. 2022, "Rethinking the Role of
 * Demonstrations: What Makes In-Context Learning Work?"
 */
import { fork, integer, shuffle } from "../../engine";
import type { Rng } from "../../engine";

/**
 * The demonstrations one after the other, each followed by the separator, so that the question comes right after: a prompt
 * is `formatDemonstrations(shots, show) + question`, and without demonstrations the question alone.
 *
 * @param show an example as text, its answer among it
 * @throws RangeError that names an example whose text is empty
 */
export function formatDemonstrations<T>(
  examples: readonly T[],
  show: (example: T) => string,
  separator = "\n\n",
): string {
  return examples
    .map((example, i) => {
      const text = show(example);
      if (text === "") throw new RangeError(`formatDemonstrations: example ${i} has no text`);
      return text + separator;
    })
    .join("");
}

/** Of the gold labels: kept; drawn anew from all labels, whatever the input says; or left out. */
export type LabelMode = "gold" | "random" | "none";

/** An example of which the label may be left out. */
export type MaybeLabelled<T> = Omit<T, "label"> & { readonly label?: string };

/**
 * Demonstrations with other labels (section 4): if random ones serve as well as gold ones, the demonstrations teach the
 * labels, the inputs and the form, and not the mapping.
 *
 * @param labels of the task; a random one may be the gold one by chance
 * @param rng is read, not advanced
 * @throws RangeError where there are no labels to draw from
 */
export function relabel<T extends { readonly label: string }>(
  examples: readonly T[],
  mode: LabelMode,
  labels: readonly string[],
  rng: Rng,
): MaybeLabelled<T>[] {
  if (mode === "gold") return examples.map((example) => ({ ...example }));
  if (mode === "none")
    return examples.map((example) => {
      const copy: MaybeLabelled<T> = { ...example };
      delete (copy as { label?: string }).label;
      return copy;
    });
  if (labels.length === 0) throw new RangeError("relabel: there are no labels to draw from");
  return examples.map((example, i) => ({
    ...example,
    label: labels[integer(fork(rng, i), labels.length)] as string,
  }));
}

/**
 * Demonstrations of which a share is wrong (section 4.1, "a % correct labels"): round(share n) of them, at random places,
 * get a label that is not theirs. With the same generator the wrong places of a smaller share are among those of a larger.
 *
 * @param rng is read, not advanced
 * @throws RangeError for a share outside 0 to 1, or where a label has no other
 */
export function corruptLabels<T extends { readonly label: string }>(
  examples: readonly T[],
  share: number,
  labels: readonly string[],
  rng: Rng,
): T[] {
  if (!(share >= 0 && share <= 1))
    throw new RangeError(`corruptLabels: share must be from 0 to 1, got ${share}`);
  const places = shuffle(fork(rng, "places"), [...examples.keys()]);
  const wrong = new Set(places.slice(0, Math.round(share * examples.length)));
  return examples.map((example, i) => {
    if (!wrong.has(i)) return example;
    const others = labels.filter((label) => label !== example.label);
    if (others.length === 0)
      throw new RangeError(`corruptLabels: there is no label other than "${example.label}"`);
    return { ...example, label: others[integer(fork(rng, i), others.length)] as string };
  });
}
