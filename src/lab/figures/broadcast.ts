import type { Figure } from "../figure";
import { escapeHtml, plain } from "./escape";
import { htmlFigure } from "./html";
import { formatNumber } from "./numbers";
import { alignText } from "./width";

export interface Broadcast {
  /** Rows [R][C] of either tensor; a side of 1 is stretched to the other's. */
  readonly a: readonly (readonly number[])[];
  readonly b: readonly (readonly number[])[];
  /** "+", "×", ... and what it computes. */
  readonly symbol: string;
  readonly apply: (a: number, b: number) => number;
  readonly title?: string;
}

interface Grid {
  readonly name: string;
  readonly rows: readonly (readonly number[])[];
  /** The tensor's own sides; cells beyond are its stretched copies. */
  readonly own: readonly [rows: number, columns: number];
}

/**
 * Broadcasting, drawn: both tensors stretched to the common shape, their copies dashed, and the result. Pointing at a
 * cell marks the cells that it is made of. Throws a RangeError where the two shapes do not fit.
 */
export function broadcastFigure(spec: Broadcast): Figure {
  const { a, b, symbol, apply } = spec;
  const title = spec.title ?? "Broadcasting";
  const sides = [side(a, b, 0), side(a, b, 1)] as const;
  const stretch = (rows: Broadcast["a"]): number[][] =>
    Array.from({ length: sides[0] }, (_, r) =>
      Array.from(
        { length: sides[1] },
        (_, c) => rows[rows.length === 1 ? 0 : r]![rows[0]!.length === 1 ? 0 : c]!,
      ),
    );
  const [left, right] = [stretch(a), stretch(b)];
  const result = left.map((row, r) => row.map((value, c) => apply(value, right[r]![c]!)));
  const grids: readonly Grid[] = [
    { name: "a", rows: left, own: sizes(a) },
    { name: "b", rows: right, own: sizes(b) },
    { name: "result", rows: result, own: sides },
  ];
  const body =
    `<div class="tl-grids">` +
    grids.map((grid, i) => (i === 0 ? "" : sign(i === 1 ? symbol : "=")) + gridHtml(grid, sides)).join("") +
    `</div><p class="tl-detail tl-soft" aria-live="polite">Dashed cells are copies: no number is really stored twice.</p>`;
  const say = result.flatMap((row, r) =>
    row.map((value, c) => {
      const at = (grid: Grid): string =>
        `${grid.name}[${grid.own[0] === 1 ? 0 : r}][${grid.own[1] === 1 ? 0 : c}]`;
      const numbers = `${formatNumber(left[r]![c]!)} ${symbol} ${formatNumber(right[r]![c]!)} = ${formatNumber(value)}`;
      return plain(`result[${r}][${c}] = ${at(grids[0]!)} ${symbol} ${at(grids[1]!)} = ${numbers}`);
    }),
  );
  const shapes = `${shapeText(sizes(a))} ${symbol} ${shapeText(sizes(b))} = ${shapeText(sides)}`;
  const lines = alignText(
    result.map((row) => row.map((value) => formatNumber(value))),
    result[0]!.map(() => true),
  );
  return {
    html: htmlFigure({ kind: "broadcast", title, body, css, script, data: { say } }),
    text: [plain(title), `shapes: ${plain(shapes)}`, "result:", lines, say.at(-1) ?? ""].join("\n"),
  };
}

const sizes = (rows: Broadcast["a"]): [number, number] => [rows.length, rows[0]?.length ?? 0];

function side(a: Broadcast["a"], b: Broadcast["a"], axis: 0 | 1): number {
  const [m, n] = [sizes(a)[axis], sizes(b)[axis]];
  if (m === n || n === 1) return m;
  if (m === 1) return n;
  throw new RangeError(
    `Axis ${axis} is ${m} in ${shapeText(sizes(a))} and ${n} in ${shapeText(sizes(b))}: they must be equal, or one of them 1.`,
  );
}

const shapeText = (sides: readonly number[]): string => `[${sides.join(", ")}]`;
const sign = (symbol: string): string => `<strong class="tl-sign">${escapeHtml(symbol)}</strong>`;

function gridHtml({ name, rows, own }: Grid, sides: readonly [number, number]): string {
  const stretched = own[0] !== sides[0] || own[1] !== sides[1];
  const caption = `${name} ${shapeText(own)}${stretched ? ` stretched to ${shapeText(sides)}` : ""}`;
  const cell = (value: number, r: number, c: number): string => {
    const copy = r >= own[0] || c >= own[1];
    const style = `text-align:right;padding:4px 10px;border:1px ${copy ? "dashed" : "solid"}`;
    const number = formatNumber(value);
    return `<td class="${copy ? "tl-copy" : "tl-own"}" style="${style}">${copy ? `<em>${number}</em>` : number}</td>`;
  };
  const body = rows.map((row, r) => `<tr>${row.map((value, c) => cell(value, r, c)).join("")}</tr>`).join("");
  return `<table style="border-collapse:collapse;display:inline-table;margin:4px 10px"><caption>${escapeHtml(caption)}</caption><tbody>${body}</tbody></table>`;
}

/** Body of `function (root, data)`. The result is one Tab stop in which the arrow keys move. */
const script = `
var tables = Array.prototype.slice.call(root.querySelectorAll("table"));
var cells = tables.map(function (table) { return Array.prototype.slice.call(table.querySelectorAll("td")); });
var columns = tables[2].rows[0].cells.length, mine = cells[2], detail = root.querySelector(".tl-detail");
function tell(i) {
  cells.forEach(function (list) { list.forEach(function (cell, k) { cell.classList.toggle("tl-here", k === i); }); });
  detail.textContent = data.say[i];
}
tables.forEach(function (table, t) {
  table.addEventListener("mouseover", function (event) {
    var i = cells[t].indexOf(event.target.closest("td"));
    if (i >= 0) tell(i);
  });
});
mine.forEach(function (cell, i) {
  cell.tabIndex = i === 0 ? 0 : -1;
  cell.addEventListener("focus", function () { tell(i); });
  cell.addEventListener("keydown", function (event) {
    var to = { ArrowRight: i + 1, ArrowLeft: i - 1, ArrowDown: i + columns, ArrowUp: i - columns }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    if (!mine[to]) return;
    cell.tabIndex = -1;
    mine[to].tabIndex = 0;
    mine[to].focus();
  });
});
`;

const css = `
.tl-broadcast .tl-grids{display:flex;flex-wrap:wrap;align-items:center;gap:.2em}
.tl-broadcast table{margin:.3em .6em!important;color:inherit;font-size:1.05em;font-variant-numeric:tabular-nums}
.tl-broadcast caption{caption-side:top;color:var(--tl-soft);padding-bottom:.3em;white-space:nowrap}
.tl-broadcast tbody tr{background:transparent!important}
.tl-broadcast td{min-width:2.2em;border-color:var(--tl-line)!important}
.tl-broadcast .tl-own{background:var(--tl-tint)}
.tl-broadcast .tl-copy{color:var(--tl-soft)}
.tl-broadcast td.tl-here{background:var(--tl-glow);color:var(--tl-ink);font-weight:700}
.tl-broadcast .tl-sign{font-size:1.5em;padding-top:.9em}
`;
