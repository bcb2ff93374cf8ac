/** Numbers are written as they are; texts may come from a learner. */
export type CsvCell = string | number | undefined;

/**
 * Text of a CSV file that spreadsheets open as it is meant: a byte order mark, without which they take UTF-8 for
 * another code, and lines that end with CR LF (RFC 4180).
 */
export const csvText = (rows: readonly (readonly CsvCell[])[]): string =>
  `\uFEFF${rows.map((row) => `${row.map(cellText).join(",")}\r\n`).join("")}`;

/**
 * A spreadsheet takes a text that begins with one of these for a formula, which can call out to the network (OWASP,
 * "CSV injection"). The apostrophe makes it a text; spaces before it do not help against all programs.
 */
const FORMULA = /^\s*[=+\-@\uFF1D\uFF0B\uFF0D\uFF20|%\t\r]/u;

function cellText(cell: CsvCell): string {
  if (cell === undefined) return "";
  if (typeof cell === "number") return String(cell);
  const safe = FORMULA.test(cell) ? `'${cell}` : cell;
  return /[",;\r\n\t]|^\s|\s$|^'/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** The text behind a cell that `csvText` wrote. */
export const cellValue = (cell: string): string =>
  cell.startsWith("'") && FORMULA.test(cell.slice(1)) ? cell.slice(1) : cell;
