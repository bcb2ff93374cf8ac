/** Words and their vectors: one row a word. */
export interface WordVectors {
  readonly words: readonly string[];
  /** Numbers a vector. */
  readonly size: number;
  /** [words, size], by rows. */
  readonly values: Float32Array;
  readonly id: (word: string) => number | undefined;
}

/**
 * Puts words and numbers together.
 * @throws RangeError where they do not meet, a word stands twice or a number is not finite
 */
export function wordVectors(words: readonly string[], values: ArrayLike<number>, size: number): WordVectors {
  if (values.length !== words.length * size)
    throw new RangeError(
      `${words.length} words of size ${size} need ${words.length * size} numbers, got ${values.length}`,
    );
  const ids = new Map(words.map((word, id) => [word, id]));
  if (ids.size !== words.length) {
    const twice = words.find((word, id) => ids.get(word) !== id);
    throw new RangeError(`the word "${twice}" stands twice`);
  }
  const numbers = Float32Array.from(values);
  const odd = numbers.findIndex((value) => !Number.isFinite(value));
  if (odd >= 0)
    throw new RangeError(
      `the vector of "${words[Math.floor(odd / size)]}" holds ${numbers[odd]}, not a finite number`,
    );
  return { words, size, values: numbers, id: (word) => ids.get(word) };
}

/** The vector of a word, a view: do not write into it. @throws RangeError where the word is not known */
export function vectorOf(vectors: WordVectors, word: string): Float32Array {
  const id = vectors.id(word);
  if (id === undefined)
    throw new RangeError(`there is no vector for "${word}" among ${vectors.words.length} words`);
  return vectors.values.subarray(id * vectors.size, (id + 1) * vectors.size);
}

/** Each vector scaled to length 1, so that a dot product is a cosine. A vector of zeros stays. */
export function normalized(vectors: WordVectors): WordVectors {
  const { size } = vectors;
  const values = vectors.values.slice();
  for (let at = 0; at < values.length; at += size) {
    const row = values.subarray(at, at + size);
    const length = Math.hypot(...row);
    if (length > 0) for (let d = 0; d < size; d++) row[d] /= length;
  }
  return { ...vectors, values };
}

/** Some of the words, in this order. @throws RangeError where a word is not known */
export function selectWords(vectors: WordVectors, words: readonly string[]): WordVectors {
  return wordVectors(
    words,
    words.flatMap((word) => Array.from(vectorOf(vectors, word))),
    vectors.size,
  );
}
