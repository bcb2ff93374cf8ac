/**
 * The seed vocabulary of Unigram training: substrings that occur often, from a suffix array.
 *
 * Counting every substring of every length in a table would need memory for all of them. In the sorted list of
 * suffixes equal beginnings are neighbours, so each repeated substring is a run, and the runs are found in one pass
 * (Abouelhoda et al. 2004, section 3, "lcp-intervals"). Of substrings that always go on with the same character only
 * the longest is reported, as sentencepiece's esaxx does.
 */

/** A word and how often it occurs. */
export type CountedWord = readonly [word: string, count: number];

/** A substring and the number of places where it occurs. */
export interface Substring {
  readonly text: string;
  readonly count: number;
}

/** Between words; sorts before every character, and no substring contains it. */
const SEPARATOR = 0;

/**
 * Substrings of 2 to `maxLength` code points that occur at least twice, none across a word's end.
 * Linear in the text for a fixed `maxLength`.
 */
export function frequentSubstrings(words: readonly CountedWord[], maxLength: number): Substring[] {
  // U+0000 can be a character of a text: shift by one to keep 0 for the separator.
  const codes: number[] = [];
  const weights: number[] = [];
  for (const [word, count] of words) {
    for (const char of word) {
      codes.push(char.codePointAt(0)! + 1);
      weights.push(count);
    }
    codes.push(SEPARATOR);
    weights.push(0);
  }
  const order = sortSuffixes(codes, maxLength);
  const out: Substring[] = [];
  const report = (at: number, length: number, count: number) => {
    if (length < 2 || count < 2) return;
    out.push({ text: String.fromCodePoint(...codes.slice(at, at + length).map((code) => code - 1)), count });
  };

  // Open intervals, each a prefix of the next: all suffixes since its opening begin with its `length` characters.
  const open: { length: number; count: number }[] = [{ length: 0, count: 0 }];
  let last = -1;
  const close = (shared: number) => {
    while (open.length > 1 && open[open.length - 1].length > shared) {
      const { length, count } = open.pop()!;
      report(last, length, count);
      const outer = open[open.length - 1];
      if (outer.length < shared) open.push({ length: shared, count });
      else outer.count += count;
    }
  };
  for (const at of order) {
    if (codes[at] === SEPARATOR) continue;
    close(last < 0 ? 0 : sharedLength(codes, last, at, maxLength));
    const length = sharedLength(codes, at, at, maxLength);
    const top = open[open.length - 1];
    if (top.length === length) top.count += weights[at];
    else open.push({ length, count: weights[at] });
    last = at;
  }
  close(0);
  return out;
}

/** Length of the common beginning of two suffixes, up to the word's end and `most`. */
function sharedLength(codes: readonly number[], a: number, b: number, most: number): number {
  let n = 0;
  while (n < most && codes[a + n] === codes[b + n] && codes[a + n] !== SEPARATOR) n++;
  return n;
}

/**
 * Positions sorted by the text that follows, as far as its first `depth` characters: prefix doubling
 * (Manber & Myers 1993) that stops at `depth`, each round a stable counting sort.
 */
function sortSuffixes(codes: readonly number[], depth: number): Int32Array {
  const n = codes.length;
  const distinct = [...new Set(codes)].sort((a, b) => a - b);
  const dense = new Map(distinct.map((code, rank) => [code, rank]));
  let rank = Int32Array.from(codes, (code) => dense.get(code)!);
  let order = countingSort(
    Int32Array.from({ length: n }, (_, i) => i),
    rank,
    distinct.length,
  );
  for (let known = 1; known < depth; known *= 2) {
    // Sorted by the characters known .. 2 known of each suffix: that is the order of the suffixes `known` later.
    const bySecond = new Int32Array(n);
    let at = 0;
    for (let i = Math.max(0, n - known); i < n; i++) bySecond[at++] = i;
    for (const i of order) if (i >= known) bySecond[at++] = i - known;
    order = countingSort(bySecond, rank, n);
    const second = (i: number) => (i + known < n ? rank[i + known] : -1);
    const next = new Int32Array(n);
    for (let k = 1; k < n; k++) {
      const [a, b] = [order[k - 1], order[k]];
      next[b] = next[a] + (rank[a] === rank[b] && second(a) === second(b) ? 0 : 1);
    }
    rank = next;
  }
  return order;
}

/** Sorts items by their key, 0 .. keys - 1; equal keys keep their order. */
function countingSort(items: Int32Array, key: Int32Array, keys: number): Int32Array {
  const start = new Int32Array(keys + 1);
  for (const item of items) start[key[item] + 1]++;
  for (let k = 0; k < keys; k++) start[k + 1] += start[k];
  const out = new Int32Array(items.length);
  for (const item of items) out[start[key[item]]++] = item;
  return out;
}
