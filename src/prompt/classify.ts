/**
 * Classification by prompting: each example becomes a prompt by the pattern, each label its words by the verbalizer, and a
 * model says which words are the likeliest answer (Schick and Schütze 2021, equation 1; with a causal model Brown et al.
 * 2020, section 2.4).
 */
import type { Tokenizer } from "../text";
import { fit, leadOf } from "./fit";
import type { Cut, FitOptions, Fitted } from "./fit";
import type { Pattern } from "./pattern";
import type { Scorer } from "./scorer";
import { labelProbabilities } from "./verbalizers/calibrated";
import type { Combine } from "./verbalizers/calibrated";
import { checkWords, labelWords } from "./verbalizers/words";
import type { LabelWord } from "./verbalizers/words";

export interface ClassifyOptions<E> extends Omit<FitOptions, "name"> {
  /** How several words make one label; default "mean". */
  readonly combine?: Combine;
  /**
   * Divide the log-probability of a word by its tokens (Brown et al. 2020, section 2.4): a word of several tokens is then
   * not less likely for its length alone. Default false.
   */
  readonly lengthNormalised?: boolean;
  /** Examples without content, for contextual calibration: { text } of each of `contentFreeTexts`. Default: none. */
  readonly contentFree?: readonly E[];
  readonly progress?: (done: number, all: number) => void;
}

export interface Classified {
  /** The most probable label, the first of those that tie. */
  readonly label: string;
  /** In the order of the labels, of sum 1. */
  readonly probabilities: readonly number[];
  /** Tokens of the prompt. */
  readonly tokens: number;
  /** What did not fit into the context. */
  readonly cuts: readonly Cut[];
}

interface Prompted {
  readonly fitted: Fitted;
  /** [labels][words] */
  readonly words: readonly (readonly LabelWord[])[];
}

/**
 * The labels of examples, by a model that reads prompts. A masked model is one whose `frame` has a mask (`bertFrame`);
 * without it the model is causal, and the mask must be the end of the pattern.
 *
 * All prompts go to the scorer in one call, content-free ones last, so that it shares what they have in common.
 *
 * @throws RangeError for no labels, words that do not tell labels apart (as `labelWords`; of several tokens for a masked
 *   model), and, naming the example, an empty prompt or a pattern that alone is beyond the context
 */
export async function classify<E>(
  scorer: Scorer,
  pattern: Pattern<E>,
  tokenizer: Tokenizer,
  examples: readonly E[],
  labels: readonly string[],
  options: ClassifyOptions<E> = {},
): Promise<Classified[]> {
  const { combine = "mean", lengthNormalised = false, contentFree = [], progress } = options;
  const single = options.mask !== undefined;
  checkWords(labels, (label) => pattern.verbalize(label));
  const known = new Map<string, LabelWord[][]>();
  const wordsAfter = (lead: string): LabelWord[][] => {
    const words =
      known.get(lead) ?? labelWords(labels, (label) => pattern.verbalize(label), tokenizer, { lead, single });
    known.set(lead, words);
    return words;
  };
  const prompted = (example: E, name: string): Prompted => {
    const parts = pattern.parts(example);
    const words = wordsAfter(leadOf(parts));
    const longest = Math.max(...words.flat().map(({ ids }) => ids.length));
    if (scorer.context <= longest)
      throw new RangeError(
        `A label word is ${longest} tokens, and the model's context ${scorer.context}: there is no room for a prompt.`,
      );
    const fitted = fit(parts, tokenizer, scorer.context - longest, { ...options, name });
    if (fitted.ids.length === 0)
      throw new RangeError(
        `${name} is empty. Cure: a word in the pattern, or a first token in the frame's \`before\`.`,
      );
    return { fitted, words };
  };
  if (examples.length === 0) return [];
  const all = [
    ...examples.map((example, i) => prompted(example, `The prompt of example ${i}`)),
    ...contentFree.map((example, i) => prompted(example, `The prompt of content-free example ${i}`)),
  ];
  const requests = all.map(({ fitted, words }) => ({
    prompt: fitted.ids,
    answers: words.flat().map(({ ids }) => ids), // [labels][words] -> [all words]
  }));
  const results = await scorer.score(requests, progress);
  const scores = all.map(({ words }, i) => {
    let at = 0;
    return words.map((list) =>
      list.map(({ ids }) => results[i]![at++]! / (lengthNormalised ? ids.length : 1)),
    ); // [all words] -> [labels][words]
  });
  const bias = scores.slice(examples.length);
  return examples.map((_, i) => {
    const probabilities = labelProbabilities(scores[i]!, { combine, contentFree: bias });
    const best = probabilities.indexOf(Math.max(...probabilities));
    const { ids, cuts } = all[i]!.fitted;
    return { label: labels[best]!, probabilities, tokens: ids.length, cuts };
  });
}
