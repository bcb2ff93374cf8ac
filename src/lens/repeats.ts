import { integer, tf } from "../engine";
import type { Rng } from "../engine";

export interface RepeatOptions {
  readonly batch: number;
  /** How many tokens are drawn, and then come again. */
  readonly length: number;
  readonly vocabSize: number;
  /** A token before all others, such as a model's beginning of text. */
  readonly first?: number;
  /** Tokens that are not drawn, such as special ones. */
  readonly without?: readonly number[];
}

/**
 * Random tokens, twice. The first time nothing helps to predict them; the second time a model can look up what followed,
 * and only that (Olsson 2022, "Repeated random tokens"). Tokens of one text differ, so that each has one earlier copy.
 *
 * @returns int32 [B, 2 length], or one more with `first`
 * @throws RangeError where there are fewer tokens than places
 */
export function repeatedTokens(rng: Rng, options: RepeatOptions): tf.Tensor {
  const { batch, length, vocabSize, first, without = [] } = options;
  const banned = new Set([...without, ...(first === undefined ? [] : [first])]);
  if (length > vocabSize - banned.size)
    throw new RangeError(`repeatedTokens: ${length} different tokens are more than there are`);
  const texts = Array.from({ length: batch }, () => {
    const drawn = new Set<number>();
    while (drawn.size < length) {
      const id = integer(rng, vocabSize);
      if (!banned.has(id)) drawn.add(id);
    }
    return [...(first === undefined ? [] : [first]), ...drawn, ...drawn];
  });
  return tf.tensor2d(texts, undefined, "int32"); // [B, 2 length (+ 1)]
}
