import { plain } from "./escape";

/**
 * The width of text, estimated: a pure function cannot ask a browser. Wide East Asian characters and emoji
 * take two columns of a terminal (UAX #11), combining marks and joiners none.
 */
export function columns(text: string): number {
  let sum = 0;
  let joined = false;
  for (const char of text) {
    const code = char.codePointAt(0) ?? 0;
    if (code === 0x200d) joined = true;
    else if (joined || isZeroWidth(code, char)) joined = false;
    else sum += isWide(code) ? 2 : 1;
  }
  return sum;
}

const isZeroWidth = (code: number, char: string): boolean =>
  (code >= 0x300 && /\p{Mn}|\p{Me}/u.test(char)) ||
  (code >= 0xfe00 && code <= 0xfe0f) ||
  (code >= 0x1f3fb && code <= 0x1f3ff);

const isWide = (code: number): boolean =>
  (code >= 0x1100 && code <= 0x115f) ||
  (code >= 0x2e80 && code <= 0xa4cf && code !== 0x303f) ||
  (code >= 0xac00 && code <= 0xd7a3) ||
  (code >= 0xf900 && code <= 0xfaff) ||
  (code >= 0xfe30 && code <= 0xfe6f) ||
  (code >= 0xff00 && code <= 0xff60) ||
  (code >= 0xffe0 && code <= 0xffe6) ||
  (code >= 0x1f300 && code <= 0x1faff) ||
  (code >= 0x20000 && code <= 0x3fffd);

/** Pixels of `text` in the figures' sans face, on the safe side of what browsers draw. */
export function textWidth(text: string, size: number): number {
  let sum = 0;
  for (const char of text) {
    const wide = columns(char);
    sum +=
      wide === 2
        ? 1.05
        : wide === 0
          ? 0
          : /[iljtfr.,:;'|!() ]/.test(char)
            ? 0.4
            : /[mwMW%@]/.test(char)
              ? 0.92
              : 0.61;
  }
  return sum * size;
}

/** Pixels of `text` in the monospaced face. */
export const monoWidth = (text: string, size: number): number => columns(text) * size * 0.605;

/** `text` filled up with blanks to `width` columns, at the left end for numbers. */
export function pad(text: string, width: number, left = false): string {
  const fill = " ".repeat(Math.max(0, width - columns(text)));
  return left ? fill + text : text + fill;
}

/** Rows of cells as aligned text. `right` says which columns are numbers. */
export function alignText(rows: readonly (readonly string[])[], right: readonly boolean[]): string {
  const widths: number[] = [];
  const clean = rows.map((row) => row.map((cell) => plain(cell).replace(/\s+/g, " ")));
  for (const row of clean) row.forEach((cell, i) => (widths[i] = Math.max(widths[i] ?? 0, columns(cell))));
  return clean
    .map((row) =>
      row
        .map((cell, i) => pad(cell, widths[i] ?? 0, right[i]))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

/** A line of blocks for a terminal: ▁ is the lowest value, █ the highest; not-a-number leaves a blank. */
export function sparkline(values: ArrayLike<number>, width = 40): string {
  const finite = Array.from(values).filter(Number.isFinite);
  if (finite.length === 0) return "";
  const low = finite.reduce((a, b) => Math.min(a, b));
  const high = finite.reduce((a, b) => Math.max(a, b));
  const n = Math.min(width, values.length);
  return Array.from({ length: n }, (_, i) => {
    const value = values[Math.round(n === 1 ? 0 : (i * (values.length - 1)) / (n - 1))] ?? NaN;
    if (!Number.isFinite(value)) return " ";
    return "▁▂▃▄▅▆▇█"[high === low ? 3 : Math.min(7, Math.floor((8 * (value - low)) / (high - low)))];
  }).join("");
}
