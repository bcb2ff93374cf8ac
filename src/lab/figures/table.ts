import type { Figure } from "../figure";
import { escapeHtml, plain } from "./escape";
import { htmlFigure } from "./html";
import { formatNumber } from "./numbers";
import { alignText } from "./width";

export type Cell = string | number | boolean | null | undefined;

export interface TableOptions {
  readonly title?: string;
  /** Which columns, in which order, under which head. Default: the keys of the first row. */
  readonly columns?: Readonly<Record<string, string>>;
  /** How a column's numbers are written. Default: four significant digits. */
  readonly format?: Readonly<Record<string, (value: number) => string>>;
  /** Columns whose best value is marked, and which end is best. */
  readonly best?: Readonly<Record<string, "high" | "low">>;
  /** Most rows drawn (default 200); a note says how many are left out. */
  readonly maxRows?: number;
}

/** Rows as a table: numbers aligned right, the best of a column in bold with a star. */
export function table(rows: readonly Readonly<Record<string, Cell>>[], options: TableOptions = {}): Figure {
  const keys = Object.keys(options.columns ?? rows[0] ?? {});
  const heads = keys.map((key) => options.columns?.[key] ?? key);
  const max = options.maxRows ?? 200;
  const shown = rows.slice(0, max);
  const note = rows.length > max ? `first ${max} of ${formatNumber(rows.length, 9)} rows shown` : "";
  const numeric = keys.map((key) => shown.some((row) => typeof row[key] === "number"));
  const best = keys.map((key) => bestValue(rows, key, options.best?.[key]));
  const write = (value: Cell, key: string): string => {
    if (value === null || value === undefined) return "";
    if (typeof value === "number") return (options.format?.[key] ?? formatNumber)(value);
    if (typeof value === "boolean") return value ? "yes" : "no";
    return value;
  };
  const cells = shown.map((row) =>
    keys.map((key, i) => ({
      text: write(row[key], key),
      best: row[key] !== undefined && row[key] === best[i],
    })),
  );
  const align = (i: number): string => `text-align:${numeric[i] ? "right" : "left"};padding:4px 12px`;
  const body =
    `<table style="border-collapse:collapse"><thead><tr>` +
    heads.map((head, i) => `<th scope="col" style="${align(i)}">${escapeHtml(head)}</th>`).join("") +
    `</tr></thead><tbody>` +
    cells
      .map(
        (row) =>
          `<tr>${row.map((cell, i) => `<td style="${align(i)}">${markBest(cell)}</td>`).join("")}</tr>`,
      )
      .join("") +
    `</tbody></table>` +
    (note ? `<p class="tl-soft">${note}</p>` : "");
  const lines = [heads, ...cells.map((row) => row.map((cell) => cell.text + (cell.best ? " *" : "")))];
  const text = [
    ...(options.title ? [plain(options.title)] : []),
    alignText(lines, numeric),
    ...(note ? [note] : []),
  ];
  return {
    html: htmlFigure({ kind: "table", ...(options.title ? { title: options.title } : {}), body, css }),
    text: text.join("\n"),
  };
}

/** The best finite number of a column, unless all are equal: then none stands out. */
function bestValue(
  rows: readonly Readonly<Record<string, Cell>>[],
  key: string,
  end?: "high" | "low",
): number | undefined {
  const values = rows
    .map((row) => row[key])
    .filter((v): v is number => typeof v === "number" && Number.isFinite(v));
  if (!end || values.length < 2) return undefined;
  const low = values.reduce((a, b) => Math.min(a, b));
  const high = values.reduce((a, b) => Math.max(a, b));
  return low === high ? undefined : end === "high" ? high : low;
}

const markBest = ({ text, best }: { text: string; best: boolean }): string =>
  best ? `<strong class="tl-best" title="best">${escapeHtml(text)} ★</strong>` : escapeHtml(text);

const css = `
.tl-table{overflow-x:auto;width:fit-content;max-width:100%}
.tl-table table{margin:0;font-variant-numeric:tabular-nums;color:inherit;font-size:1em}
.tl-table thead tr{border-bottom:2px solid var(--tl-line)}
.tl-table th,.tl-table td{color:inherit;vertical-align:top}
.tl-table tbody tr{background:transparent!important}
.tl-table tbody tr:nth-child(even){background:var(--tl-tint)!important}
.tl-table .tl-best{color:var(--tl-good)}
`;
