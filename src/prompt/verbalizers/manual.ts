/**
 * Manual verbalizers: the words that stand for a label, chosen by hand. One word a label as in Schick and Schütze 2021
 * (PET), section 3, or several, which an answer may be taken from as in Hu et al. 2022, "Knowledgeable Prompt-tuning"
 * (KPT), section 3.2: a label is then less the luck of one word.
 */
import type { Tokenizer } from "../../text";
import { checkWords, labelWords } from "./words";
import type { WordOptions } from "./words";

/** Words for labels as plain data. */
export interface Verbalizer {
  readonly labels: readonly string[];
  readonly words: Readonly<Record<string, readonly string[]>>;
}

/**
 * A verbalizer of a word, or a list of words, for each label. Labels keep the order of the object (JavaScript puts names
 * that are numbers first).
 *
 * @param options with a tokenizer the words are checked as `labelWords` does it: for a masked model with `single`
 * @throws RangeError as `checkWords`, and with a tokenizer as `labelWords`
 */
export function manual(
  words: Readonly<Record<string, string | readonly string[]>>,
  options: WordOptions & { readonly tokenizer?: Tokenizer } = {},
): Verbalizer {
  const entries = Object.entries(words).map(([label, word]) => [label, typeof word === "string" ? [word] : [...word]] as const); // prettier-ignore
  const verbalizer = { labels: entries.map(([label]) => label), words: Object.fromEntries(entries) };
  const verbalize = (label: string): readonly string[] => wordsOf(verbalizer, label);
  if (options.tokenizer) labelWords(verbalizer.labels, verbalize, options.tokenizer, options);
  else checkWords(verbalizer.labels, verbalize);
  return verbalizer;
}

/** The words of a label. @throws RangeError for a label that the verbalizer has not */
export function wordsOf({ words, labels }: Verbalizer, label: string): readonly string[] {
  if (!Object.hasOwn(words, label))
    throw new RangeError(
      `The verbalizer has no label ${JSON.stringify(label)}. It has: ${labels.map((each) => JSON.stringify(each)).join(", ")}.`,
    );
  return words[label] as readonly string[];
}
