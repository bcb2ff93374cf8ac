import { CASELESS, LETTER, LOWER, MARK, NUMBER, OTHER, SPACE, UPPER, classAt, runEnd } from "./charClass";
import { contractionAnyCase, isLineEnd, lastLineEnd, threeDigits, width } from "./splitCl100k";
import { whiteSpace } from "./splitGpt2";

const APOSTROPHE = 0x27;
const BLANK = 0x20;
const SLASH = 0x2f;

const HEAD = UPPER | CASELESS | MARK; // [\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]
const TAIL = LOWER | CASELESS | MARK; // [\p{Ll}\p{Lm}\p{Lo}\p{M}]

/** The rule of GPT-4o by hand: the alternatives of `splitPatterns.o200k` in order. */
export function nextO200k(text: string, start: number): number {
  const first = text.charCodeAt(start);
  const kind = classAt(text, start);
  if (kind & NUMBER) return threeDigits(text, start); // \p{N}{1,3}

  // Two forms of a word, each tried first with one sign or space before it, then without.
  const prefixed = kind & LETTER || isLineEnd(first) ? -1 : start + width(text, start);
  for (const form of [headThenTail, headOnly]) {
    const end = (prefixed >= 0 && form(text, prefixed)) || form(text, start);
    if (end > 0) return text.charCodeAt(end) === APOSTROPHE ? end + contractionAnyCase(text, end) : end;
  }

  //  ?[^\s\p{L}\p{N}]+[\r\n/]*
  const signs = first === BLANK ? start + 1 : start;
  let end = runEnd(text, signs, MARK | OTHER);
  if (end > signs) {
    while (end < text.length && (isLineEnd(text.charCodeAt(end)) || text.charCodeAt(end) === SLASH)) end++;
    return end;
  }
  // \s*[\r\n]+|\s+(?!\S)|\s+
  const line = lastLineEnd(text, start, runEnd(text, start, SPACE));
  return line >= 0 ? line + 1 : whiteSpace(text, start);
}

/**
 * End of `HEAD* TAIL+` at `start`, or 0. HEAD* takes what it can; where no lower-case letter follows, the
 * regex gives back until a character that is both (a Chinese letter, a mark) can be the tail.
 */
function headThenTail(text: string, start: number): number {
  const headEnd = runEnd(text, start, HEAD);
  const tailEnd = runEnd(text, headEnd, TAIL);
  if (tailEnd > headEnd) return tailEnd;
  for (let end = headEnd; end > start;) {
    const before = end - (isLowSurrogate(text.charCodeAt(end - 1)) ? 2 : 1);
    if (classAt(text, before) & TAIL) return end;
    end = before;
  }
  return 0;
}

/** End of `HEAD+ TAIL*` at `start`, or 0: only asked where `HEAD* TAIL+` fails, so there is no tail. */
function headOnly(text: string, start: number): number {
  const end = runEnd(text, start, HEAD);
  return end > start ? end : 0;
}

/** In a run of letters and marks a low surrogate always has its other half before it. */
function isLowSurrogate(code: number): boolean {
  return (code & 0xfc00) === 0xdc00;
}
