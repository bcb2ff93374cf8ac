import { LETTER, MARK, NUMBER, OTHER, SPACE, classAt, runEnd } from "./charClass";

const APOSTROPHE = 0x27;
const BLANK = 0x20;
const NEWLINE = 0x0a;
const RETURN = 0x0d;

/** The rule of GPT-3.5 and GPT-4 by hand: the alternatives of `splitPatterns.cl100k` in order. */
export function nextCl100k(text: string, start: number): number {
  const first = text.charCodeAt(start);
  // '(?i:[sdmt]|ll|ve|re)
  if (first === APOSTROPHE) {
    const length = contractionAnyCase(text, start);
    if (length > 0) return start + length;
  }
  // [^\r\n\p{L}\p{N}]?\p{L}+
  const kind = classAt(text, start);
  if (kind & LETTER) return runEnd(text, start, LETTER);
  if (kind & NUMBER) return threeDigits(text, start);
  if (!isLineEnd(first)) {
    const body = start + width(text, start);
    if (classAt(text, body) & LETTER) return runEnd(text, body, LETTER);
  }
  //  ?[^\s\p{L}\p{N}]+[\r\n]*
  const signs = first === BLANK ? start + 1 : start;
  const signsEnd = runEnd(text, signs, MARK | OTHER);
  if (signsEnd > signs) return lineEnds(text, signsEnd);
  // \s+$|\s*[\r\n]|\s+(?!\S)|\s
  const end = runEnd(text, start, SPACE);
  if (end === text.length) return end;
  const line = lastLineEnd(text, start, end);
  return line >= 0 ? line + 1 : Math.max(end - 1, start + 1);
}

/** Length of a contraction at an apostrophe in any case (the long s included); 0 where there is none. */
export function contractionAnyCase(text: string, at: number): number {
  const second = text.charCodeAt(at + 1);
  if (second === 0x17f) return 2;
  const third = text.charCodeAt(at + 2) | 0x20;
  switch (second | 0x20) {
    case 0x73: // s
    case 0x74: // t
    case 0x6d: // m
    case 0x64: // d
      return isAsciiLetter(second) ? 2 : 0;
    case 0x72: // re
    case 0x76: // ve
      return third === 0x65 && isAsciiLetter(second) && isAsciiLetter(text.charCodeAt(at + 2)) ? 3 : 0;
    case 0x6c: // ll
      return third === 0x6c && isAsciiLetter(second) && isAsciiLetter(text.charCodeAt(at + 2)) ? 3 : 0;
    default:
      return 0;
  }
}

/** \p{N}{1,3} */
export function threeDigits(text: string, start: number): number {
  let end = start;
  for (let digits = 0; digits < 3 && classAt(text, end) & NUMBER; digits++) end += width(text, end);
  return end;
}

export function isLineEnd(code: number): boolean {
  return code === NEWLINE || code === RETURN;
}

/** Place of the last \r or \n in text[start, end), or -1. */
export function lastLineEnd(text: string, start: number, end: number): number {
  for (let i = end - 1; i >= start; i--) if (isLineEnd(text.charCodeAt(i))) return i;
  return -1;
}

/** UTF-16 units of the code point at `at`. */
export function width(text: string, at: number): number {
  return text.codePointAt(at)! > 0xffff ? 2 : 1;
}

function lineEnds(text: string, start: number): number {
  let end = start;
  while (end < text.length && isLineEnd(text.charCodeAt(end))) end++;
  return end;
}

function isAsciiLetter(code: number): boolean {
  const lower = code | 0x20;
  return lower >= 0x61 && lower <= 0x7a && code < 0x80;
}
