/** How good are word vectors? Two tests with human answers. */
import { cosine } from "./similarity";
import { normalized, vectorOf, type WordVectors } from "./vectors";

/** Ranks from 1; equal values share the mean of their ranks. */
export function ranks(values: ArrayLike<number>): Float64Array {
  const order = Array.from({ length: values.length }, (_, i) => i).sort((a, b) => values[a] - values[b]);
  const out = new Float64Array(values.length);
  for (let i = 0; i < order.length;) {
    let end = i + 1;
    while (end < order.length && values[order[end]] === values[order[i]]) end++;
    for (let k = i; k < end; k++) out[order[k]] = (i + 1 + end) / 2;
    i = end;
  }
  return out;
}

/**
 * Spearman's rank correlation: do two lists put things in the same order? 1 yes, 0 no relation, -1 reversed.
 * Pearson's correlation of the ranks, so that ties are right. Where a list is constant it is NaN.
 * @throws RangeError where the lengths differ
 */
export function spearman(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length)
    throw new RangeError(`lists of ${a.length} and ${b.length} numbers do not compare`);
  const x = ranks(a);
  const y = ranks(b);
  const mean = (a.length + 1) / 2;
  let xy = 0;
  let xx = 0;
  let yy = 0;
  for (let i = 0; i < x.length; i++) {
    xy += (x[i] - mean) * (y[i] - mean);
    xx += (x[i] - mean) ** 2;
    yy += (y[i] - mean) ** 2;
  }
  return xx === 0 || yy === 0 ? NaN : xy / Math.sqrt(xx * yy);
}

/** A pair of words and how alike people found them. */
export type SimilarityPair = readonly [a: string, b: string, score: number];

export interface SimilarityResult {
  readonly spearman: number;
  /** Pairs of which both words have a vector: only these count. */
  readonly used: number;
  readonly total: number;
}

/** Cosines against people's scores. Pairs with an unknown word are left out, and counted. */
export function wordSimilarity(vectors: WordVectors, pairs: readonly SimilarityPair[]): SimilarityResult {
  const known = pairs.filter(([a, b]) => vectors.id(a) !== undefined && vectors.id(b) !== undefined);
  const cosines = known.map(([a, b]) => cosine(vectorOf(vectors, a), vectorOf(vectors, b)));
  const scores = known.map(([, , score]) => score);
  return { spearman: spearman(cosines, scores), used: known.length, total: pairs.length };
}

/** Reads "word word score" lines, with tabs or blanks between. @throws SyntaxError that names the line */
export function parseSimilarity(text: string): SimilarityPair[] {
  return lines(text).map(({ line, number }) => {
    const [a, b, score, ...rest] = line.split(/\s+/);
    if (score === undefined || rest.length > 0 || !Number.isFinite(Number(score)))
      throw new SyntaxError(`line ${number}: two words and a score were expected, got "${line}"`);
    return [a.toLowerCase(), b.toLowerCase(), Number(score)];
  });
}

/** "a is to b as c is to d". */
export type Question = readonly [a: string, b: string, c: string, d: string];

/** Reads questions-words.txt: a line ": group" before the questions of each. @throws SyntaxError that names the line */
export function parseAnalogies(text: string): Map<string, Question[]> {
  const groups = new Map<string, Question[]>();
  let group: Question[] | undefined;
  for (const { line, number } of lines(text)) {
    if (line.startsWith(":")) {
      groups.set(line.slice(1).trim(), (group = []));
      continue;
    }
    const words = line.toLowerCase().split(/\s+/);
    if (group === undefined || words.length !== 4)
      throw new SyntaxError(`line ${number}: four words were expected below a line ": group", got "${line}"`);
    group.push(words as unknown as Question);
  }
  return groups;
}

const lines = (text: string): { line: string; number: number }[] =>
  text
    .split(/\r?\n/)
    .map((line, i) => ({ line: line.trim(), number: i + 1 }))
    .filter(({ line }) => line !== "");

export interface AnalogyResult {
  readonly right: number;
  /** Questions of which all four words have a vector. */
  readonly used: number;
  readonly total: number;
}

/**
 * How many questions 3CosAdd answers with exactly the wanted word, among all words that have a vector (a smaller
 * vocabulary makes it easier). The words of the question are left out.
 */
export function analogyAccuracy(
  vectors: WordVectors,
  questions: readonly Question[],
  { keepQuestion = false } = {},
): AnalogyResult {
  const { values, size, words } = normalized(vectors);
  const row = (id: number): Float32Array => values.subarray(id * size, (id + 1) * size);
  const query = new Float32Array(size);
  let right = 0;
  let used = 0;
  for (const question of questions) {
    const ids = question.map((word) => vectors.id(word));
    if (ids.some((id) => id === undefined)) continue;
    const [a, b, c, d] = ids as number[];
    used++;
    for (let k = 0; k < size; k++) query[k] = row(b)[k] - row(a)[k] + row(c)[k];
    let best = -1;
    let highest = -Infinity;
    for (let id = 0; id < words.length; id++) {
      if (!keepQuestion && (id === a || id === b || id === c)) continue;
      let dot = 0;
      for (let k = 0, at = id * size; k < size; k++, at++) dot += query[k] * values[at];
      if (dot > highest) [best, highest] = [id, dot];
    }
    if (best === d) right++;
  }
  return { right, used, total: questions.length };
}
