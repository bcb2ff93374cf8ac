import { normalized, vectorOf, type WordVectors } from "./vectors";

/**
 * The cosine of the angle between two vectors, a.b / (|a| |b|): 1 same direction, 0 at right angles, -1 opposite. Their
 * lengths do not matter. With a vector of zeros, which has no direction, it is 0.
 * @throws RangeError where the lengths differ
 */
export function cosine(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length)
    throw new RangeError(`vectors of ${a.length} and ${b.length} numbers do not compare`);
  let dot = 0;
  let aa = 0;
  let bb = 0;
  for (let i = 0; i < a.length; i++) {
    dot += a[i] * b[i];
    aa += a[i] * a[i];
    bb += b[i] * b[i];
  }
  // A root of each: their product alone would be 0 for vectors of some 1e-90.
  return aa === 0 || bb === 0 ? 0 : Math.min(1, Math.max(-1, dot / (Math.sqrt(aa) * Math.sqrt(bb))));
}

/** The angle between two vectors in degrees, 0 to 180. */
export const angle = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  (Math.acos(cosine(a, b)) * 180) / Math.PI;

export interface Neighbour {
  readonly word: string;
  readonly cosine: number;
}

/**
 * The words nearest to a word or a vector by cosine, nearest first; a word is not its own neighbour.
 * @param exclude words that are not wanted
 * @throws RangeError where the word is not known
 */
export function nearest(
  vectors: WordVectors,
  to: string | ArrayLike<number>,
  count = 10,
  exclude: readonly string[] = [],
): Neighbour[] {
  const query = typeof to === "string" ? vectorOf(vectors, to) : to;
  const skip = new Set(typeof to === "string" ? [to, ...exclude] : exclude);
  const all: Neighbour[] = [];
  vectors.words.forEach((word, i) => {
    const row = vectors.values.subarray(i * vectors.size, (i + 1) * vectors.size);
    if (!skip.has(word)) all.push({ word, cosine: cosine(query, row) });
  });
  return all.sort((a, b) => b.cosine - a.cosine).slice(0, count);
}

/**
 * "a is to b as c is to ...?" by 3CosAdd: the words nearest to b - a + c, each vector scaled to length 1 first. The three
 * words of the question are left out, as in all published numbers: without this rule the answer is mostly b or c.
 *
 * Mikolov, Yih, Zweig (2013), section 4; Levy, Goldberg (2014), equation 1.
 *
 * @param keepQuestion leave the words of the question in, to see what the rule does
 * @throws RangeError where a word is not known
 */
export function analogy(
  vectors: WordVectors,
  [a, b, c]: readonly [string, string, string],
  count = 5,
  { keepQuestion = false } = {},
): Neighbour[] {
  const [va, vb, vc] = [a, b, c].map((word) => unit(vectorOf(vectors, word)));
  const query = vb.map((value, d) => value - va[d] + vc[d]);
  return nearest(vectors, query, count, keepQuestion ? [] : [a, b, c]);
}

function unit(vector: Float32Array): Float64Array {
  const length = Math.hypot(...vector) || 1;
  return Float64Array.from(vector, (value) => value / length);
}

/** Cosines of all pairs among the words, [words][words]. */
export function cosineMatrix(vectors: WordVectors, words: readonly string[] = vectors.words): number[][] {
  const unitVectors = normalized(vectors);
  const rows = words.map((word) => vectorOf(unitVectors, word));
  return rows.map((a) => rows.map((b) => cosine(a, b)));
}
