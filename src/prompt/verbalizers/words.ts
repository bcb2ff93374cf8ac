/** Label words as a tokenizer sees them, and what is wrong with them. */
import type { Tokenizer } from "../../text";

export interface WordOptions {
  /** Spaces that go before each word: those before the mask of the template; default one. */
  readonly lead?: string;
  /** Each word must be one token, as a masked language model needs it; default false. */
  readonly single?: boolean;
}

/** A label word and its tokens. */
export interface LabelWord {
  readonly label: string;
  readonly word: string;
  readonly ids: readonly number[];
  /** The tokens in printable form: more than one where the tokenizer splits the word. */
  readonly pieces: readonly string[];
  /**
   * Words of other labels that begin with exactly these tokens. A sum of log-probabilities can only fall with each token,
   * so none of them ever wins against this word ("1" against "10" where digits stand alone): score them by
   * `lengthNormalised`, or take other words.
   */
  readonly beginningOf: readonly string[];
}

/**
 * @param verbalize the words of a label
 * @throws RangeError for no labels, a label twice or without words, an empty word or one with spaces around it, a word
 *   twice
 */
export function checkWords(labels: readonly string[], verbalize: (label: string) => readonly string[]): void {
  if (labels.length === 0)
    throw new RangeError("The label set is empty. Cure: give at least one label with a word.");
  const owner = new Map<string, string>();
  const seen = new Set<string>();
  for (const label of labels) {
    if (seen.has(label)) throw new RangeError(`The label ${quoted(label)} stands twice.`);
    seen.add(label);
    const words = verbalize(label);
    if (words.length === 0) throw new RangeError(`The label ${quoted(label)} has no word.`);
    for (const word of words) {
      if (word.trim() === "") throw new RangeError(`The label ${quoted(label)} has an empty word.`);
      if (word.trim() !== word)
        throw new RangeError(
          `The word ${quoted(word)} of the label ${quoted(label)} has white space around it. Cure: put it into the ` +
            "template, before {mask}.",
        );
      const other = owner.get(word);
      if (other !== undefined)
        throw new RangeError(
          other === label
            ? `The label ${quoted(label)} has the word ${quoted(word)} twice.`
            : `The word ${quoted(word)} stands for ${quoted(other)} and for ${quoted(label)}: nothing tells them apart.`,
        );
      owner.set(word, label);
    }
  }
}

/**
 * The words of each label with their tokens, [labels][words].
 *
 * @throws RangeError as `checkWords`; for a word that the tokenizer does not know (it gives a special token or none), one
 *   of several tokens where `single`, or two words with the same tokens ("Good" and "good" without capitals)
 */
export function labelWords(
  labels: readonly string[],
  verbalize: (label: string) => readonly string[],
  tokenizer: Tokenizer,
  { lead = " ", single = false }: WordOptions = {},
): LabelWord[][] {
  checkWords(labels, verbalize);
  const special = new Set(Object.values(tokenizer.special));
  const owner = new Map<string, string>();
  const all = labels.map((label) =>
    verbalize(label).map((word) => {
      const ids = tokenizer.encode(lead + word);
      const pieces = ids.map((id) => tokenizer.token(id));
      const what = `The word ${quoted(word)} of the label ${quoted(label)}`;
      if (ids.length === 0 || ids.some((id) => special.has(id)))
        throw new RangeError(
          `${what} is not in the vocabulary of this ${tokenizer.kind} tokenizer: it becomes ${pieces.join(" ") || "nothing"}.`,
        );
      if (single && ids.length > 1)
        throw new RangeError(
          `${what} is ${ids.length} tokens, ${pieces.map(quoted).join(" ")}, and a mask holds one. Cure: a word of one ` +
            "token, or a causal model, which scores several.",
        );
      const key = ids.join(" ");
      const other = owner.get(key);
      if (other !== undefined)
        throw new RangeError(`${what} has the same tokens as ${other}: ${pieces.map(quoted).join(" ")}.`);
      owner.set(key, `${quoted(word)} of the label ${quoted(label)}`);
      return { label, word, ids, pieces };
    }),
  );
  return all.map((words) =>
    words.map((word) => {
      const longer = all.flat().filter(({ label, ids }) => label !== word.label && begins(word.ids, ids));
      return { ...word, beginningOf: longer.map((each) => each.word) };
    }),
  );
}

const begins = (short: readonly number[], long: readonly number[]): boolean =>
  short.length < long.length && short.every((id, i) => long[i] === id);

const quoted = (text: string): string => JSON.stringify(text);
