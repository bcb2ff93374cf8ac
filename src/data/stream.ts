import type { Tokenizer } from "../text";

/** Texts as one long row of ids, with a separator such as <|endoftext|> after each text where one is given. */
export function tokenStream(
  tokenizer: Pick<Tokenizer, "encode">,
  texts: string | Iterable<string>,
  { separator }: { readonly separator?: number } = {},
): Int32Array {
  const parts: number[][] = [];
  for (const text of typeof texts === "string" ? [texts] : texts) {
    parts.push(tokenizer.encode(text));
    if (separator !== undefined) parts.push([separator]);
  }
  const stream = new Int32Array(parts.reduce((total, part) => total + part.length, 0));
  let at = 0;
  for (const part of parts) {
    stream.set(part, at);
    at += part.length;
  }
  return stream;
}

/** A text in two: the one that is learned from, and the one that judges. */
export interface Split<T> {
  readonly train: T;
  readonly validation: T;
}

/**
 * The first part to train on, the rest to validate with, as nanoGPT splits tiny Shakespeare: int(0.9 n) ids, of
 * 1,115,394 characters 1,003,854 and 111,540. A text is cut once, since neighbouring lines tell of each other.
 *
 * @param stream ids, or a text
 * @param share of the part to train on
 * @throws RangeError where the share is not between 0 and 1, or a part would be empty
 */
export function splitStream<T extends Int32Array | string>(stream: T, share = 0.9): Split<T> {
  if (!(share > 0 && share < 1))
    throw new RangeError(`splitStream: share must lie between 0 and 1, got ${share}`);
  const cut = Math.floor(stream.length * share);
  if (cut === 0 || cut === stream.length)
    throw new RangeError(`splitStream: ${stream.length} items are too few for two parts`);
  return { train: stream.slice(0, cut) as T, validation: stream.slice(cut) as T };
}
