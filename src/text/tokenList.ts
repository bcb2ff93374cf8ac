/** Small checks and counts that every tokenizer with a list of tokens shares. */

/** @throws RangeError that names the id and the size, unless `id` is a whole number in 0 .. size - 1 */
export function checkId(id: number, size: number): void {
  if (!Number.isInteger(id) || id < 0 || id >= size) {
    throw new RangeError(`Unknown id ${id}: the vocabulary has ${size} ids, 0 to ${size - 1}.`);
  }
}

/** What training reads. A lone string is one text, although it is an Iterable<string> of its characters. */
export type Texts = string | Iterable<string>;

/** The texts, one by one. */
export const eachText = (texts: Texts): Iterable<string> => (typeof texts === "string" ? [texts] : texts);

/** Id of each token. @throws RangeError when a token is there twice or empty */
export function tokenIds(tokens: readonly string[]): Map<string, number> {
  const ids = new Map<string, number>();
  tokens.forEach((token, id) => {
    const known = ids.get(token);
    if (known !== undefined)
      throw new RangeError(`Tokens ${known} and ${id} are both ${JSON.stringify(token)}.`);
    if (token === "") throw new RangeError(`Token ${id} is empty.`);
    ids.set(token, id);
  });
  return ids;
}

/** The ids of special tokens by name. @throws RangeError that names the field, when one is not in the vocabulary */
export function specialIds(
  names: readonly string[],
  ids: ReadonlyMap<string, number>,
  field = "special",
): Record<string, number> {
  const out: Record<string, number> = {};
  for (const name of names) {
    const id = ids.get(name);
    if (id === undefined) throw new RangeError(`${field}: ${JSON.stringify(name)} is not in the vocabulary.`);
    out[name] = id;
  }
  return out;
}

/** Entries of a table of counts, greatest first; equal counts in code-unit order, so the result is reproducible. */
export function sortByCount(counts: ReadonlyMap<string, number>): [string, number][] {
  return [...counts].sort((a, b) => b[1] - a[1] || compareText(a[0], b[0]));
}

/** Order by UTF-16 code units: the same on every machine, unlike localeCompare. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/**
 * Special tokens, then the most frequent items: the vocabulary cut of word and character tokenizers.
 *
 * @param vocabSize number of tokens, special ones included
 * @throws RangeError when `vocabSize` has no room for the special tokens
 */
export function cutVocabulary(
  counts: ReadonlyMap<string, number>,
  special: readonly string[],
  vocabSize: number,
  minCount: number,
): string[] {
  if (!(vocabSize >= special.length)) {
    throw new RangeError(`vocabSize ${vocabSize} has no room for the ${special.length} special tokens.`);
  }
  const often = sortByCount(counts).filter(([item, count]) => count >= minCount && !special.includes(item));
  return [...special, ...often.slice(0, vocabSize - special.length).map(([item]) => item)];
}

/** A text that UTF-8 can say: each lone surrogate becomes U+FFFD. */
export function wellFormed(text: string): string {
  return text.replace(/\p{Surrogate}/gu, "\ufffd");
}
