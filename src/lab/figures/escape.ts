/**
 * Text from outside (a learner's string, a vocabulary file, a web page) made safe to draw.
 * XML 1.0 forbids most control characters and lone surrogates even as entities, terminals obey escape
 * sequences, and bidirectional overrides reorder what stands beside them: all three become visible signs.
 */

const isControl = (code: number): boolean =>
  (code < 0x20 && code !== 0x09 && code !== 0x0a) ||
  (code >= 0x7f && code < 0xa0) ||
  (code & 0xfffe) === 0xfffe;

/** Embeddings, overrides, isolates and marks of the bidirectional algorithm (UAX #9), and the byte order mark. */
const isBidi = (code: number): boolean =>
  (code >= 0x202a && code <= 0x202e) ||
  (code >= 0x2066 && code <= 0x2069) ||
  code === 0x200e ||
  code === 0x200f ||
  code === 0x061c ||
  code === 0xfeff;

const isLoneSurrogate = (code: number): boolean => code >= 0xd800 && code <= 0xdfff;

/** <U+202E>: how a character is named where it cannot be drawn. */
const codePointName = (code: number): string => `<U+${code.toString(16).toUpperCase().padStart(4, "0")}>`;

/** The sign for a C0 control (␀ for NUL), else the code point's name. */
const controlSign = (code: number): string =>
  code < 0x20 ? String.fromCharCode(0x2400 + code) : code === 0x7f ? "\u2421" : codePointName(code);

/** Text that is safe in a terminal and in XML; line ends and tabs stay, "\r\n" and "\r" become "\n". */
export function plain(text: string): string {
  let out = "";
  for (const char of text.replace(/\r\n?/g, "\n")) {
    const code = char.codePointAt(0) ?? 0;
    if (isLoneSurrogate(code) || isBidi(code)) out += codePointName(code);
    else out += isControl(code) ? controlSign(code) : char;
  }
  return out;
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Text for HTML or SVG, inside elements and quoted attributes alike. */
export function escapeHtml(text: string): string {
  return plain(text).replace(/[&<>"']/g, (char) => entities[char] ?? char);
}

/** One line of it: line ends and runs of blanks become one blank, for titles and attributes. */
export const escapeLine = (text: string): string => escapeHtml(text).replace(/\s+/g, " ");

/** A token's text with its blanks made visible: · for a space, → for a tab, ↵ for a line end. */
export function visible(text: string): string {
  let out = "";
  for (const char of text) {
    const code = char.codePointAt(0) ?? 0;
    if (char === " ") out += "·";
    else if (char === "\n") out += "↵";
    else if (char === "\t") out += "→";
    else if (
      code === 0xa0 ||
      code === 0x3000 ||
      (code >= 0x2000 && code <= 0x200c) ||
      code === 0x2028 ||
      code === 0x2029
    )
      out += codePointName(code);
    else if (isLoneSurrogate(code) || isBidi(code)) out += codePointName(code);
    else out += isControl(code) ? controlSign(code) : char;
  }
  return out;
}

/** Data for an inline script: JSON that can neither close the script element nor open a comment in it. */
export function scriptJson(data: unknown): string {
  return JSON.stringify(data)
    .replace(/</g, "\\u003c")
    .replace(/>/g, "\\u003e")
    .replace(/&/g, "\\u0026")
    .replace(/\u2028/g, "\\u2028")
    .replace(/\u2029/g, "\\u2029");
}

/** The first `max` characters (whole code points), with an ellipsis where something was cut. */
export function shorten(text: string, max: number): string {
  const chars = Array.from(text.length > 4 * max + 8 ? text.slice(0, 4 * max + 8) : text);
  return chars.length <= max ? text : `${chars.slice(0, max - 1).join("")}…`;
}
