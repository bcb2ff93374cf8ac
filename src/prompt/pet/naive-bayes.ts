/**
 * The first rung of the ladder: words are counted, weighed by how rare they are, and each label has its own shares of them
 * (multinomial naive Bayes, McCallum and Nigam 1998; on TF-IDF weights, Rennie et al. 2003, section 4). Nothing is known of
 * words beyond the labelled texts.
 */
import { softmax } from "../numbers";

/** A trained classifier as plain data. */
export interface NaiveBayes {
  readonly labels: readonly string[];
  /** ln of the inverse document frequency's weight of each known word. */
  readonly idf: ReadonlyMap<string, number>;
  readonly prior: readonly number[];
  /** ln P(word | label) of each known word, [K] */
  readonly logLikelihood: ReadonlyMap<string, readonly number[]>;
}

/** Words in lower case: runs of letters, digits and apostrophes. */
export const bagOfWords = (text: string): string[] => text.toLowerCase().match(/[\p{L}\p{N}']+/gu) ?? [];

/**
 * @param smoothing added to each word's weight in each label (Laplace); 1
 * @throws RangeError where there are no rows or a label has none
 */
export function trainNaiveBayes(
  rows: readonly { readonly text: string; readonly label: string }[],
  labels: readonly string[],
  { smoothing = 1 }: { readonly smoothing?: number } = {},
): NaiveBayes {
  if (rows.length === 0) throw new RangeError("trainNaiveBayes: there are no rows");
  const bare = labels.find((label) => !rows.some((row) => row.label === label));
  if (bare !== undefined) throw new RangeError(`trainNaiveBayes: label "${bare}" has no row`);
  const seenIn = new Map<string, number>();
  for (const { text } of rows)
    for (const word of new Set(bagOfWords(text))) seenIn.set(word, (seenIn.get(word) ?? 0) + 1);
  // As scikit-learn's TfidfTransformer: ln((1 + N) / (1 + df)) + 1, so that no word counts for nothing.
  const idf = new Map([...seenIn].map(([word, df]) => [word, Math.log((1 + rows.length) / (1 + df)) + 1]));
  const weights = new Map([...idf.keys()].map((word) => [word, labels.map(() => smoothing)]));
  for (const { text, label } of rows)
    for (const [word, weight] of tfIdf(text, idf)) weights.get(word)![labels.indexOf(label)]! += weight;
  const totals = labels.map((_, k) => [...weights.values()].reduce((sum, each) => sum + each[k]!, 0));
  return {
    labels,
    idf,
    prior: labels.map((label) => Math.log(rows.filter((row) => row.label === label).length / rows.length)),
    logLikelihood: new Map([...weights].map(([word, each]) => [word, each.map((w, k) => Math.log(w / totals[k]!))])), // prettier-ignore
  };
}

/** P(label | text), [K]. A text without a known word gets the shares of the labels. */
export function naiveBayes({ prior, idf, logLikelihood }: NaiveBayes, text: string): number[] {
  const scores = [...prior];
  for (const [word, weight] of tfIdf(text, idf))
    logLikelihood.get(word)!.forEach((logP, k) => (scores[k]! += weight * logP));
  return softmax(scores);
}

/** Weights of a text's known words, of length 1 in all, so that long texts do not count for more. */
function tfIdf(text: string, idf: ReadonlyMap<string, number>): Map<string, number> {
  const weights = new Map<string, number>();
  for (const word of bagOfWords(text)) {
    const rare = idf.get(word);
    if (rare !== undefined) weights.set(word, (weights.get(word) ?? 0) + rare);
  }
  const length = Math.sqrt([...weights.values()].reduce((sum, w) => sum + w * w, 0));
  return new Map([...weights].map(([word, w]) => [word, w / length]));
}
