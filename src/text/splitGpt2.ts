import { LETTER, MARK, NUMBER, OTHER, SPACE, classAt, runEnd } from "./charClass";

const APOSTROPHE = 0x27;
const BLANK = 0x20;

/**
 * GPT-2's rule by hand: end of the word that starts at `start`. The alternatives of `splitPatterns.gpt2` in order.
 */
export function nextGpt2(text: string, start: number): number {
  const first = text.charCodeAt(start);
  // '(?:[sdmt]|ll|ve|re)
  if (first === APOSTROPHE) {
    const length = contraction(text, start);
    if (length > 0) return start + length;
  }
  //  ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+
  const body = first === BLANK ? start + 1 : start;
  const kind = classAt(text, body);
  if (kind & LETTER) return runEnd(text, body, LETTER);
  if (kind & NUMBER) return runEnd(text, body, NUMBER);
  if (kind & (MARK | OTHER)) return runEnd(text, body, MARK | OTHER);
  return whiteSpace(text, start);
}

/** SmolLM2's rule by hand: a digit ends the stretch before it, as the end of the text does in GPT-2's rule. */
export function nextGpt2Digits(text: string, start: number): number {
  if (classAt(text, start) & NUMBER) return start + (text.codePointAt(start)! > 0xffff ? 2 : 1);
  const blanks = runEnd(text, start, SPACE);
  if (blanks > start && classAt(text, blanks) & NUMBER) return blanks;
  return nextGpt2(text, start);
}

/**
 * `\s+(?!\S)|\s+`: all white space, but where a word follows the last one is left to it (" the" keeps its
 * space). `start` must be white space. Every white space is one UTF-16 unit.
 */
export function whiteSpace(text: string, start: number): number {
  const end = runEnd(text, start, SPACE);
  return end === text.length || end - start === 1 ? end : end - 1;
}

/** Length of 's 't 're 've 'm 'll 'd at an apostrophe, lower case only; 0 where there is none. */
function contraction(text: string, at: number): number {
  switch (text.charCodeAt(at + 1)) {
    case 0x73: // s
    case 0x74: // t
    case 0x6d: // m
    case 0x64: // d
      return 2;
    case 0x72: // re
    case 0x76: // ve
      return text.charCodeAt(at + 2) === 0x65 ? 3 : 0;
    case 0x6c: // ll
      return text.charCodeAt(at + 2) === 0x6c ? 3 : 0;
    default:
      return 0;
  }
}
