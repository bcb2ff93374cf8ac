/** A text as word ids: what counting and training read. */
export interface Corpus {
  /** The vocabulary, most frequent word first; equally frequent ones in the order of their characters. */
  readonly words: readonly string[];
  /** How often each word occurs. */
  readonly counts: Int32Array;
  /** The text in ids, with `BREAK` between sentences: no window reaches across it. */
  readonly ids: Int32Array;
  /** Words in `ids`, breaks not counted. */
  readonly length: number;
}

/** Stands between two sentences. */
export const BREAK = -1;

export interface CorpusOptions {
  /** Words seen less often are left out, and windows close over the gap, as in word2vec. Default 5. */
  readonly minCount?: number;
  /** Only so many of the most frequent words. */
  readonly maxWords?: number;
}

/**
 * Counts words, keeps the frequent ones and numbers the text.
 * @throws RangeError where no word is frequent enough
 */
export function makeCorpus(sentences: readonly (readonly string[])[], options: CorpusOptions = {}): Corpus {
  const { minCount = 5, maxWords = Infinity } = options;
  const seen = new Map<string, number>();
  for (const sentence of sentences) for (const word of sentence) seen.set(word, (seen.get(word) ?? 0) + 1);
  const kept = [...seen]
    .filter(([, count]) => count >= minCount)
    .sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1))
    .slice(0, maxWords);
  if (kept.length === 0) throw new RangeError(`no word occurs ${minCount} times or more`);
  const idOf = new Map(kept.map(([word], id) => [word, id]));
  const ids: number[] = [];
  let length = 0;
  for (const sentence of sentences) {
    for (const word of sentence) {
      const id = idOf.get(word);
      if (id === undefined) continue;
      ids.push(id);
      length++;
    }
    ids.push(BREAK);
  }
  return {
    words: kept.map(([word]) => word),
    counts: Int32Array.from(kept, ([, count]) => count),
    ids: Int32Array.from(ids),
    length,
  };
}

/**
 * Sentences of lower-case words. A sentence ends at . ! ? ; : or an empty line; numbers become words of one
 * kind ("0"), since each number alone is rare.
 */
export function sentencesOf(text: string): string[][] {
  return text
    .toLowerCase()
    .split(/[.!?;:]+(?=\s|$)|\n\s*\n/u)
    .map((sentence) => (sentence.match(/\p{L}+(?:['’]\p{L}+)*|\d[\d.,]*/gu) ?? []).map(numberless))
    .filter((sentence) => sentence.length > 0);
}

const numberless = (word: string): string => (/^\d/.test(word) ? "0" : word);
