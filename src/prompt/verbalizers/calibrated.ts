/**
 * From the scores of label words to the probabilities of labels, in the steps of OpenPrompt's ManualVerbalizer: normalise
 * over all words, calibrate, combine the words of a label, normalise over the labels.
 */
import { meanOf, softmax } from "../numbers";

/**
 * How several words make one label: by the mean of their probabilities (KPT, section 3.4), by the likeliest, or by the
 * geometric mean, which is the mean of their scores (timoschick/pet and OpenPrompt).
 */
export type Combine = "mean" | "max" | "geometric";

export interface LabelOptions {
  /** Default "mean". */
  readonly combine?: Combine;
  /** Scores for content-free inputs, [inputs][labels][words]; none: no calibration. */
  readonly contentFree?: readonly (readonly (readonly number[])[])[];
}

/**
 * Contents that say nothing of any label, in the place of the example: what a model answers to them is its bias (Zhao et
 * al. 2021, section 5).
 */
export const contentFreeTexts = ["N/A", "[MASK]", ""] as const;

/**
 * Contextual calibration (Zhao et al. 2021, "Calibrate Before Use", equation 1 with W = diag(p_cf)^-1 and b = 0): what a
 * model says for an input, divided by what it says for one without content, and normalised again. Words that it prefers
 * whatever it reads are brought down.
 *
 * @param probabilities of the answers, [K]
 * @param contentFree of the same answers for content-free inputs, [inputs][K]; their mean is the divisor
 * @returns probabilities [K]
 * @throws RangeError where lengths differ, there is no content-free input, or its probability of an answer is 0
 */
export function calibrated(
  probabilities: readonly number[],
  contentFree: readonly (readonly number[])[],
): number[] {
  if (contentFree.length === 0)
    throw new RangeError("calibrated: there is no content-free input to divide by.");
  const odd = contentFree.find(({ length }) => length !== probabilities.length);
  if (odd)
    throw new RangeError(
      `calibrated: ${probabilities.length} answers, but a content-free input has probabilities of ${odd.length}.`,
    );
  return normalised(
    probabilities.map((p, k) => {
      const bias = meanOf(contentFree.map((each) => each[k] as number));
      if (!(bias > 0))
        throw new RangeError(
          `calibrated: the content-free probability of answer ${k} is ${bias}, which nothing is divided by.`,
        );
      return p / bias;
    }),
  );
}

/**
 * @param scores log-probabilities of the label words, [labels][words]
 * @returns probabilities of the labels, [labels]
 * @throws RangeError where a score is no log-probability, every word is impossible, a label has no words, or as `calibrated`
 */
export function labelProbabilities(
  scores: readonly (readonly number[])[],
  options: LabelOptions = {},
): number[] {
  const { combine = "mean", contentFree = [] } = options;
  let words = wordProbabilities(scores.flat()); // [labels][words] -> [all words]
  if (contentFree.length > 0)
    words = calibrated(
      words,
      contentFree.map((input) => wordProbabilities(input.flat())),
    );
  let end = 0;
  const labels = scores.map(({ length }, i) => {
    if (length === 0) throw new RangeError(`Label ${i} has no word.`);
    return combined[combine](words.slice(end, (end += length))); // [all words] -> [words of the label] -> one number
  });
  return normalised(labels);
}

const combined: Readonly<Record<Combine, (p: readonly number[]) => number>> = {
  mean: meanOf,
  max: (p) => Math.max(...p),
  geometric: (p) => Math.exp(meanOf(p.map(Math.log))),
};

/** The softmax of words' scores, which are checked before. */
function wordProbabilities(scores: readonly number[]): number[] {
  const odd = scores.findIndex((score) => Number.isNaN(score) || score === Infinity);
  if (odd >= 0) throw new RangeError(`The score of label word ${odd} is ${scores[odd]}, no log-probability.`);
  if (Math.max(...scores) === -Infinity) throw new RangeError("Every label word has probability 0.");
  return softmax(scores);
}

function normalised(weights: readonly number[]): number[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  if (!(total > 0 && total < Infinity))
    throw new RangeError(
      `Probabilities of sum ${total} cannot be normalised: each label has 0, or one is no number.`,
    );
  return weights.map((weight) => weight / total);
}
