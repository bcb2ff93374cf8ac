/**
 * Classes of code points for the hand-written scanners, one bit each, so that "any of these" is one AND.
 * They are taken from the regular-expression engine's own Unicode tables: scanner and regex cannot disagree.
 */
export const UPPER = 1; // Lu, Lt
export const LOWER = 2; // Ll
export const CASELESS = 4; // Lm, Lo: letters without case, such as Chinese
export const MARK = 8; // M: accents and vowel signs that sit on a letter
export const NUMBER = 16; // N
export const SPACE = 32; // White_Space
export const OTHER = 64; // everything else: punctuation, symbols, emoji, lone surrogates
export const LETTER = UPPER | LOWER | CASELESS;

const tests: readonly (readonly [RegExp, number])[] = [
  [/[\p{Lu}\p{Lt}]/u, UPPER],
  [/\p{Ll}/u, LOWER],
  [/\p{L}/u, CASELESS],
  [/\p{M}/u, MARK],
  [/\p{N}/u, NUMBER],
  [/\p{White_Space}/u, SPACE],
];

/** Answers already found: 0 means not asked yet. Filled as text needs it; 1.1 MB of address space. */
const known = new Uint8Array(0x110000);

/** The class of one code point (a lone surrogate is OTHER). */
export function classOf(codePoint: number): number {
  return known[codePoint] || findClass(codePoint);
}

function findClass(codePoint: number): number {
  const char = String.fromCodePoint(codePoint);
  const found = tests.find(([pattern]) => pattern.test(char));
  return (known[codePoint] = found === undefined ? OTHER : found[1]);
}

/** End of the run of code points of the classes in `mask` that starts at `from`; `from` itself if there is none. */
export function runEnd(text: string, from: number, mask: number): number {
  let i = from;
  while (i < text.length) {
    let code = text.charCodeAt(i);
    let width = 1;
    if ((code & 0xfc00) === 0xd800) {
      code = text.codePointAt(i)!;
      width = code > 0xffff ? 2 : 1;
    }
    if ((classOf(code) & mask) === 0) break;
    i += width;
  }
  return i;
}

/** Class of the code point at `at`; 0 past the end. */
export function classAt(text: string, at: number): number {
  return at < text.length ? classOf(text.codePointAt(at)!) : 0;
}
