/**
 * iPET (section 3.4): patterns learn from each other. In each generation every pattern gets a larger training set, of texts
 * that other patterns' models labelled, and a new model is trained on it from the start.
 */
import { shuffle, uniform } from "../../engine";
import type { Rng } from "../../engine";
import { softmax } from "../numbers";

/** Sizes of the training sets: |T| d, |T| d², ... for d = 5 in the paper; where there are no labels the first is given. */
export function generationSizes(labelled: number, factor: number, generations: number): number[] {
  if (!(factor > 1) || !Number.isInteger(generations) || generations < 1 || labelled < 1)
    throw new RangeError(
      `generationSizes: ${labelled} labels, a factor of ${factor} and ${generations} generations make no growing sets`,
    );
  return Array.from({ length: generations }, (_, i) => Math.round(labelled * factor ** (i + 1)));
}

/** A text that got its label from models. */
export interface PseudoLabel {
  /** Its number among the unlabelled texts. */
  readonly index: number;
  /** Number of the label. */
  readonly label: number;
}

/** Which other models label for a pattern: a share of the others, drawn at random; a quarter in the paper, at least one. */
export function teachers(pattern: number, patterns: number, share: number, rng: Rng): number[] {
  if (patterns < 2) throw new RangeError("teachers: a pattern alone has nobody to learn from");
  const others = Array.from({ length: patterns }, (_, i) => i).filter((other) => other !== pattern);
  return shuffle(rng, others).slice(0, Math.max(1, Math.round(share * others.length)));
}

/**
 * The next training set (section 3.4): the labels in equal numbers, as the labelled set has them, and of each label texts
 * drawn with chances as their confidence, so that sure labels come first and the set is not all of one kind. What is drawn
 * is drawn without being put back: by the exponential trick, the `perLabel` largest of ln(u) / p (Efraimidis and Spirakis
 * 2006).
 *
 * @param scores of the teachers' ensemble for each unlabelled text, [N][K]
 * @param perLabel texts of each label; fewer where fewer texts got the label
 */
export function growSet(scores: readonly (readonly number[])[], perLabel: number, rng: Rng): PseudoLabel[] {
  const rows = scores.map((each, index) => {
    const p = softmax(each);
    const best = Math.max(...p);
    return { index, label: p.indexOf(best), key: Math.log(uniform(rng)) / best };
  });
  const labels = scores[0]?.length ?? 0;
  return Array.from({ length: labels }, (_, k) => k).flatMap((k) =>
    rows
      .filter(({ label }) => label === k)
      .sort((a, b) => b.key - a.key || a.index - b.index)
      .slice(0, perLabel)
      .map(({ index, label }) => ({ index, label })),
  );
}
