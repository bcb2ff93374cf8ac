/** sentencepiece's way with white space: a space becomes the visible U+2581, so that pieces can hold it. */

/** U+2581 LOWER ONE EIGHTH BLOCK, "▁". */
export const SPACE = "\u2581";

const SPACE_UNIT = 0x2581;

export interface SpaceOptions {
  readonly dummyPrefix: boolean;
  readonly removeExtraSpaces: boolean;
}

/** units[0, length): the text with its spaces written as U+2581. */
export interface SpacedText {
  readonly units: Uint16Array;
  readonly length: number;
  /** Where each unit (and, at `length`, the end) lies in the original; empty unless asked for. */
  readonly origin: Int32Array;
}

/**
 * Writes spaces as U+2581, with a space before the text (`dummyPrefix`) and without extra ones
 * (`removeExtraSpaces`), in the order of sentencepiece's normalizer.cc. Only U+0020 is a space.
 * A lone surrogate becomes U+FFFD. An empty text stays empty.
 */
export function escapeSpaces(text: string, options: SpaceOptions, withOrigin = false): SpacedText {
  const { dummyPrefix, removeExtraSpaces } = options;
  const units = new Uint16Array(text.length + 1);
  const origin = new Int32Array(withOrigin ? text.length + 2 : 0);
  let length = 0;
  const put = (unit: number, at: number) => {
    if (withOrigin) origin[length] = at;
    units[length++] = unit;
  };
  let at = 0;
  if (removeExtraSpaces) while (text.charCodeAt(at) === 0x20) at++;
  if (at === text.length) return { units, length: 0, origin };
  if (dummyPrefix) put(SPACE_UNIT, at);
  let afterSpace = removeExtraSpaces;
  for (; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit === 0x20) {
      if (!afterSpace) put(SPACE_UNIT, at);
      afterSpace = removeExtraSpaces;
      continue;
    }
    afterSpace = false;
    if (unit < 0xd800 || unit > 0xdfff) put(unit, at);
    else if (isPair(text, at)) {
      put(unit, at);
      put(text.charCodeAt(++at), at);
    } else put(0xfffd, at);
  }
  if (removeExtraSpaces) while (length > 0 && units[length - 1] === SPACE_UNIT) length--;
  if (withOrigin) {
    origin[0] = 0;
    origin[length] = text.length;
  }
  return { units, length, origin };
}

/** The text as the tokenizer reads it, cut before each U+2581 and around each newline: what training counts. */
export function spacedWords(text: string, options: SpaceOptions): string[] {
  const { units, length } = escapeSpaces(text, options);
  const words: string[] = [];
  for (let from = 0, at = 1; at <= length; at++) {
    const cut =
      at === length || units[at] === SPACE_UNIT || units[at] === NEWLINE || units[at - 1] === NEWLINE;
    if (!cut) continue;
    let word = "";
    for (let i = from; i < at; i += 4096)
      word += String.fromCharCode(...units.subarray(i, Math.min(at, i + 4096)));
    words.push(word);
    from = at;
  }
  return words;
}

const NEWLINE = 0x0a;

function isPair(text: string, at: number): boolean {
  const low = text.charCodeAt(at + 1);
  return text.charCodeAt(at) < 0xdc00 && low >= 0xdc00 && low < 0xe000;
}
