import type { PlotlyFigure } from "../figure";
import { plain } from "./escape";
import { formatShort, round } from "./numbers";
import { light, plotlyDashes, plotlySymbols, sans } from "./theme";
import type { Point } from "./thin";
import type { Scale } from "./ticks";
import { textWidth } from "./width";
import { dotLimit, type Panel } from "./xy";

/** Text for Plotly, which reads a little HTML in every label. */
export const plotlyText = (text: string): string =>
  plain(text).replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;").replace(/\s+/g, " ");

/** Text in lines of at most about `max` characters, which Plotly does not break itself. */
export function plotlyLines(text: string, max: number): string {
  const lines: string[] = [];
  for (const word of plain(text).split(/\s+/)) {
    const longer = `${lines.at(-1) ?? ""} ${word}`.trim();
    if (lines.length > 0 && longer.length <= max) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines.map(plotlyText).join("<br>");
}

/** Rows of a legend: where the names do not fit into one, each takes the widest one's room. @param room in pixels */
function legendRows(names: readonly string[], room: number): number {
  const sign = 50;
  const widths = names.map((name) => textWidth(plain(name), 14) + sign);
  if (widths.reduce((sum, width) => sum + width, 0) <= room) return 1;
  return Math.ceil(names.length / Math.max(1, Math.floor(room / Math.max(...widths))));
}

/**
 * Plotly cannot see the notebook's theme, so its figures bring a light ground of their own.
 * @param names of the series, where a legend shows them
 * @param left pixels that labels take left of the plot and its legend
 */
export function plotlyLayout(
  title: string,
  extra: Readonly<Record<string, unknown>>,
  names: readonly string[] = [],
  left = 0,
): Record<string, unknown> {
  const more = 22 * (legendRows(names, 640 - left) - 1); // above the plot, so that it keeps its height
  const { height = 440, ...rest } = extra as { readonly height?: number };
  return {
    title: { text: plotlyText(title), x: 0.02, xanchor: "left", y: 0.97, yanchor: "top", font: { size: 19 } },
    font: { family: sans, size: 14, color: light.ink },
    paper_bgcolor: light.paper,
    plot_bgcolor: light.paper,
    height: height + more,
    margin: { l: 70, r: 30, t: 84 + more, b: 60 },
    legend: { orientation: "h", x: 0, y: 1.02, yanchor: "bottom" },
    ...rest,
  };
}

export const plotlyConfig = { responsive: true, displaylogo: false } as const;

export const plotlyAxis = (label: string, log = false): Record<string, unknown> => ({
  title: { text: plotlyLines(label, 48) },
  type: log ? "log" : "linear",
  gridcolor: light.grid,
  linecolor: light.line,
  zeroline: false,
  automargin: true,
});

/** Plotly labels a short logarithmic axis with bare digits ("2 3 4"); ours are whole numbers, as in the SVG. */
const logTicks = ({ log, ticks }: Scale): Record<string, unknown> =>
  log ? { tickvals: ticks, ticktext: ticks.map(formatShort) } : {};

/** Plotly's error bars of points with intervals. */
const errorBars = (points: readonly (Point | null)[]): Record<string, unknown> => ({
  type: "data",
  symmetric: false,
  array: points.map((p) => (p?.high === undefined ? null : round(p.high - p.y))),
  arrayminus: points.map((p) => (p?.low === undefined ? null : round(p.y - p.low))),
});

/** The panels side by side as one Plotly figure, with the colours and dashes of the SVG. */
export function panelsPlotly(title: string, panels: readonly Panel[]): PlotlyFigure {
  const gap = 0.12;
  const width = (1 - gap * (panels.length - 1)) / panels.length;
  const layout: Record<string, unknown> = {};
  const shapes: Record<string, unknown>[] = [];
  const annotations: Record<string, unknown>[] = [];
  const data = panels.flatMap((panel, k) => {
    const n = k === 0 ? "" : String(k + 1);
    const { options } = panel;
    layout[`xaxis${n}`] = {
      ...plotlyAxis(options.x, panel.x.log),
      ...logTicks(panel.x),
      domain: [k * (width + gap), k * (width + gap) + width],
      anchor: `y${n}`,
    };
    layout[`yaxis${n}`] = {
      ...plotlyAxis(options.y, panel.y.log),
      ...logTicks(panel.y),
      anchor: `x${n}`,
      ...(options.zero ? { rangemode: "tozero" } : {}),
    };
    for (const { axis = "y", value, label } of options.references ?? []) {
      const log = axis === "x" ? panel.x.log : panel.y.log;
      const across = axis === "y";
      const xref = across ? `x${n} domain` : `x${n}`;
      const yref = across ? `y${n}` : `y${n} domain`;
      const place = across ? { x0: 0, x1: 1, y0: value, y1: value } : { x0: value, x1: value, y0: 0, y1: 1 };
      shapes.push({
        type: "line",
        xref,
        yref,
        ...place,
        line: { color: light.soft, width: 1.6, dash: "dash" },
      });
      // An annotation on a logarithmic axis is placed by its exponent, a shape by its value.
      const at = log ? Math.log10(value) : value;
      annotations.push({
        text: plotlyText(label),
        showarrow: false,
        xref,
        yref,
        ...(across
          ? { x: 1, y: at, xanchor: "right", yanchor: "bottom" }
          : { x: at, y: 1, xanchor: "left", yanchor: "top" }),
      });
    }
    return panel.series.map((series, i) => {
      const points: (Point | null)[] = [];
      for (const part of panel.stretches[i] ?? []) points.push(...(points.length > 0 ? [null] : []), ...part);
      const color = light.series[i % light.series.length];
      return {
        type: "scatter",
        mode: panel.kind === "scatter" ? "markers" : points.length <= dotLimit ? "lines+markers" : "lines",
        name: plotlyText(series.name),
        x: points.map((p) => (p ? round(p.x) : null)),
        y: points.map((p) => (p ? round(p.y) : null)),
        ...(series.low ? { error_y: errorBars(points) } : {}),
        ...(series.labels ? { text: series.labels.map(plotlyText) } : {}),
        line: {
          color,
          width: 2.6,
          dash: points.length <= dotLimit ? plotlyDashes[i % plotlyDashes.length] : "solid",
        },
        marker: { color, size: 8, symbol: plotlySymbols[i % plotlySymbols.length] },
        xaxis: `x${n}`,
        yaxis: `y${n}`,
      };
    });
  });
  const showlegend = panels.some((panel) => panel.series.length > 1);
  const names = showlegend ? panels.flatMap(({ series }) => series.map(({ name }) => name)) : [];
  return {
    data,
    layout: plotlyLayout(title, { ...layout, shapes, annotations, showlegend }, names),
    config: plotlyConfig,
  };
}
