/** Examples as a masked model reads them: with a pattern around them and a mask, or as they are. */
import type { Tokenizer } from "../../text";
import { bertFrame, fit } from "../fit";
import type { MaskedPlace } from "../masked";
import type { Pattern } from "../pattern";

/**
 * Examples in a pattern: P(x) with [CLS] and [SEP] around it. Long ones are cut as `fit` does, never the pattern.
 * @param room most tokens of a row
 * @throws RangeError as `fit`, naming the example
 */
export function clozeRows<E>(
  pattern: Pick<Pattern<E>, "parts">,
  tokenizer: Tokenizer,
  examples: readonly E[],
  room: number,
): MaskedPlace[] {
  const frame = bertFrame(tokenizer);
  return examples.map((example, i) => {
    const name = `The prompt of example ${i}`;
    const { ids, mask } = fit(pattern.parts(example), tokenizer, room, { ...frame, name });
    return { ids, at: mask as number };
  });
}

/** Texts as they are, for a classifier with a head: [CLS] text [SEP], cut at the end; its place is that of [CLS]. */
export function plainRows(tokenizer: Tokenizer, texts: readonly string[], room: number): MaskedPlace[] {
  const { before, after } = bertFrame(tokenizer);
  return texts.map((text) => ({
    ids: [...before, ...tokenizer.encode(text).slice(0, room - before.length - after.length), ...after],
    at: 0,
  }));
}
