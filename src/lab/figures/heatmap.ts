import type { Figure } from "../figure";
import { escapeLine, plain, shorten, visible } from "./escape";
import { formatNumber, round } from "./numbers";
import { plotlyAxis, plotlyConfig, plotlyLayout, plotlyText } from "./plotly";
import { font, px, svgDocument, svgText } from "./svg";
import { contrast, diverging, light, scaleColor, sequential } from "./theme";
import { alignText, textWidth } from "./width";

export interface HeatmapOptions {
  readonly title: string;
  /** What columns and rows are. */
  readonly x: string;
  readonly y: string;
  readonly xLabels?: readonly string[];
  readonly yLabels?: readonly string[];
  /** What a cell's value is, for the colour scale. */
  readonly value?: string;
  /** "sequential" from the lowest to the highest value, or "diverging" around zero. Default: by the data. */
  readonly scale?: "sequential" | "diverging";
}

/** Larger maps are drawn as means over blocks of cells; a note says so. */
const maxCells = 64;

/**
 * A matrix as colours: attention weights, confusion counts, similarities. Small maps carry their values.
 * `rows` is [R][C]; throws a RangeError that names the first row whose length differs.
 */
export function heatmap(rows: readonly ArrayLike<number>[], options: HeatmapOptions): Figure {
  const width = rows[0]?.length ?? 0;
  rows.forEach((row, i) => {
    if (row.length !== width)
      throw new RangeError(
        `Heat map "${options.title}": row ${i} has ${row.length} values, row 0 has ${width}.`,
      );
  });
  const grid = rows.map((row) => Array.from(row));
  const finite = grid.flat().filter(Number.isFinite);
  const low = finite.reduce((a, b) => Math.min(a, b), finite[0] ?? 0);
  const high = finite.reduce((a, b) => Math.max(a, b), finite[0] ?? 1);
  const around = (options.scale ?? (low < 0 && high > 0 ? "diverging" : "sequential")) === "diverging";
  const span = Math.max(Math.abs(low), Math.abs(high)) || 1;
  const [from, to] = around ? [-span, span] : low === high ? [low, low + 1] : [low, high];
  const stops = around ? diverging : sequential;
  const color = (v: number): string => scaleColor(stops, (v - from) / (to - from));
  const small = blockMeans(grid, maxCells);
  const text = heatText(grid, small, options, low, high);
  return {
    text,
    svg: heatSvg(small, options, { color, from, to }, text),
    plotly: {
      data: [
        {
          type: "heatmap",
          z: small.cells.map((row) => row.map((v) => (Number.isFinite(v) ? round(v, 4) : null))),
          ...(small.block === 1 && options.xLabels
            ? { x: options.xLabels.map((t, i) => plotlyText(`${i} ${visible(t)}`)) }
            : {}),
          ...(small.block === 1 && options.yLabels
            ? { y: options.yLabels.map((t, i) => plotlyText(`${i} ${visible(t)}`)) }
            : {}),
          zmin: round(from),
          zmax: round(to),
          colorscale: stops.map((stop, i) => [round(i / (stops.length - 1), 4), stop]),
          colorbar: { title: { text: plotlyText(options.value ?? "") } },
        },
      ],
      layout: plotlyLayout(options.title, {
        xaxis: { ...plotlyAxis(options.x), type: "-" },
        yaxis: { ...plotlyAxis(options.y), type: "-", autorange: "reversed" },
        height: 520,
      }),
      config: plotlyConfig,
    },
  };
}

interface Blocks {
  readonly cells: readonly (readonly number[])[];
  /** How many rows and columns one drawn cell stands for. */
  readonly block: number;
}

/** Means over square blocks, so that no side has more than `max` cells; not-a-number cells do not count. */
function blockMeans(grid: readonly (readonly number[])[], max: number): Blocks {
  const block = Math.ceil(Math.max(grid.length, grid[0]?.length ?? 0, 1) / max);
  if (block === 1) return { cells: grid, block };
  const cells = Array.from({ length: Math.ceil(grid.length / block) }, (_, r) =>
    Array.from({ length: Math.ceil((grid[0]?.length ?? 0) / block) }, (_, c) => {
      const inside = grid
        .slice(r * block, (r + 1) * block)
        .flatMap((row) => row.slice(c * block, (c + 1) * block))
        .filter(Number.isFinite);
      return inside.reduce((sum, v) => sum + v, 0) / inside.length;
    }),
  );
  return { cells, block };
}

interface Colors {
  readonly color: (value: number) => string;
  readonly from: number;
  readonly to: number;
}

function heatSvg(
  { cells, block }: Blocks,
  options: HeatmapOptions,
  { color, from, to }: Colors,
  text: string,
): string {
  const count = Math.max(cells.length, cells[0]?.length ?? 0, 1);
  const side = Math.min(64, Math.max(7, Math.floor(520 / count)));
  const sparse = side < 18;
  const size = sparse ? 12 : Math.min(font.tick, side - 4);
  const label = (labels: readonly string[] | undefined, i: number): string =>
    block === 1 && labels && !sparse
      ? shorten(visible(labels[i] ?? ""), 14)
      : !sparse || i % 8 === 0
        ? String(i * block)
        : "";
  const rowNames = cells.map((_, i) => label(options.yLabels, i));
  const colNames = (cells[0] ?? []).map((_, i) => label(options.xLabels, i));
  const left = Math.ceil(30 + rowNames.reduce((w, t) => Math.max(w, textWidth(t, size)), 0));
  const turned = colNames.some((t) => textWidth(t, size) > (sparse ? 8 * side : side) - 4);
  const colRoom = turned ? colNames.reduce((w, t) => Math.max(w, textWidth(t, size)), 0) + 14 : 24;
  const top = Math.ceil(96 + colRoom);
  const right = left + side * (cells[0]?.length ?? 0);
  const bottom = top + side * cells.length;

  const parts = [
    svgText(20, 34, options.title, { size: font.title, bold: true }),
    svgText(20, 62, `rows: ${options.y} · columns: ${options.x}`, { size: font.tick, tone: "soft" }),
  ];
  colNames.forEach((name, c) => {
    const x = left + (c + 0.5) * side;
    const item = svgText(0, 0, name, { size, anchor: turned ? "start" : "middle", tone: "soft" });
    parts.push(
      `<g transform="translate(${px(turned ? x + size / 3 : x)} ${px(top - 8)})${turned ? " rotate(-90)" : ""}">${item}</g>`,
    );
  });
  const values = side >= 40;
  // Crisp edges, or the ground would shine through between the cells.
  parts.push(`<g shape-rendering="crispEdges">`);
  cells.forEach((row, r) => {
    parts.push(
      svgText(left - 8, top + (r + 0.5) * side + size / 3, rowNames[r] ?? "", {
        size,
        anchor: "end",
        tone: "soft",
      }),
    );
    row.forEach((v, c) => {
      const ground = Number.isFinite(v) ? color(v) : "";
      const tip = `${options.y} ${rowNames[r]}, ${options.x} ${colNames[c]}: ${formatNumber(v)}`;
      const title = sparse ? "" : `<title>${escapeLine(tip)}</title>`;
      const box = `x="${px(left + c * side)}" y="${px(top + r * side)}" width="${side}" height="${side}"`;
      parts.push(
        ground
          ? `<rect ${box} fill="${ground}">${title}</rect>`
          : `<rect ${box} class="tl-tint" fill="${light.tint}">${title}</rect>`,
      );
      if (values && ground) {
        const ink = contrast(ground, "#ffffff") > contrast(ground, "#111111") ? "#ffffff" : "#111111";
        const at = `x="${px(left + (c + 0.5) * side)}" y="${px(top + (r + 0.5) * side + 5)}"`;
        parts.push(
          `<text ${at} fill="${ink}" font-size="13" text-anchor="middle">${formatNumber(v, 2)}</text>`,
        );
      }
    });
  });
  parts.push("</g>");
  const barX = right + 28;
  const barHeight = Math.min(220, Math.max(80, bottom - top));
  const steps = 40;
  for (let i = 0; i < steps; i++) {
    const v = to - ((i + 0.5) / steps) * (to - from);
    parts.push(
      `<rect x="${px(barX)}" y="${px(top + (i * barHeight) / steps)}" width="16" height="${px(barHeight / steps + 0.5)}" fill="${color(v)}"/>`,
    );
  }
  const mid = (from + to) / 2;
  parts.push(
    svgText(barX + 24, top + 11, formatNumber(to, 3), { size: font.tick, tone: "soft" }),
    svgText(barX + 24, top + barHeight / 2 + 5, formatNumber(Math.abs(mid) < 1e-12 ? 0 : mid, 3), {
      size: font.tick,
      tone: "soft",
    }),
    svgText(barX + 24, top + barHeight, formatNumber(from, 3), { size: font.tick, tone: "soft" }),
    svgText(barX, top - 12, options.value ?? "", { size: font.tick, tone: "soft" }),
  );
  const note = block > 1 ? `each cell is the mean of ${block} × ${block} values` : "";
  if (note) parts.push(svgText(20, bottom + 26, note, { size: 13, tone: "soft" }));
  const width = Math.max(
    420,
    textWidth(options.title, font.title) + 40,
    barX + 24 + textWidth(options.value ?? "", font.tick) + 30,
    barX + 90,
  );
  return svgDocument({
    width,
    height: bottom + (note ? 42 : 24),
    title: options.title,
    desc: text,
    body: parts.join(""),
  });
}

/** A small map as a table, a large one as its range and its highest cells. */
function heatText(
  grid: readonly (readonly number[])[],
  { block }: Blocks,
  options: HeatmapOptions,
  low: number,
  high: number,
) {
  const columns = grid[0]?.length ?? 0;
  const name = (labels: readonly string[] | undefined, i: number): string =>
    visible(labels?.[i] ?? String(i));
  const head = `${plain(options.title)} (${grid.length} × ${columns}; rows: ${plain(options.y)}, columns: ${plain(options.x)}; ${formatNumber(low)} to ${formatNumber(high)})`;
  if (grid.length <= 12 && columns <= 12) {
    const header = ["", ...Array.from({ length: columns }, (_, c) => name(options.xLabels, c))];
    const body = grid.map((row, r) => [name(options.yLabels, r), ...row.map((v) => formatNumber(v, 3))]);
    return `${head}\n${alignText([header, ...body], [false, ...Array.from({ length: columns }, () => true)])}`;
  }
  const cells = grid
    .flatMap((row, r) => row.map((v, c) => ({ v, r, c })))
    .filter(({ v }) => Number.isFinite(v));
  const top = cells.sort((a, b) => b.v - a.v).slice(0, 5);
  const lines = top.map(
    ({ v, r, c }) =>
      `highest: ${formatNumber(v)} at row ${name(options.yLabels, r)}, column ${name(options.xLabels, c)}`,
  );
  return [head, ...lines, ...(block > 1 ? [`drawn as means of ${block} × ${block} values`] : [])].join("\n");
}
