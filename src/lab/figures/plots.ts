import type { Figure } from "../figure";
import { plain } from "./escape";
import { drawPanel } from "./panel";
import { panelsPlotly } from "./plotly";
import { font, svgDocument, svgText } from "./svg";
import { makePanel, panelText, type Panel, type PlotOptions, type Series } from "./xy";

/**
 * Lines over a common x axis: loss curves, sweeps, comparisons. Not-a-number breaks a line; more than about
 * 2,000 points are thinned so that peaks stay (thin.ts). Both are said below the plot.
 */
export function linePlot(series: Series | readonly Series[], options: PlotOptions): Figure {
  return panelsFigure(options.title, [makePanel(list(series), options, "line")]);
}

/** Points without lines, each series in its own colour; `labels` are written where they fit. */
export function scatterPlot(series: Series | readonly Series[], options: PlotOptions): Figure {
  return panelsFigure(options.title, [makePanel(list(series), options, "scatter")]);
}

const list = (series: Series | readonly Series[]): readonly Series[] => ("y" in series ? [series] : series);

/** One to three panels side by side under one title. */
export function panelsFigure(title: string, panels: readonly Panel[]): Figure {
  const width = panels.length === 1 ? 760 : 960;
  const gap = 28;
  const margin = 20;
  const notes = panels.flatMap((panel) => panel.notes);
  const text =
    panels.length === 1
      ? panels.map(panelText).join("\n")
      : [plain(title), ...panels.map(panelText)].join("\n");
  const each = (width - 2 * margin - gap * (panels.length - 1)) / panels.length;
  const top = 58;
  const panelHeight = 366;
  const body = [
    svgText(margin, 34, title, { size: font.title, bold: true }),
    ...panels.map((panel, i) =>
      drawPanel(panel, { left: margin + i * (each + gap), top, width: each, height: panelHeight }),
    ),
    ...notes.map((note, i) =>
      svgText(margin, top + panelHeight + 20 + i * 18, note, { size: 13, tone: "soft" }),
    ),
  ].join("");
  const height = top + panelHeight + 14 + notes.length * 18;
  return {
    text,
    svg: svgDocument({ width, height, title, desc: text, body }),
    plotly: panelsPlotly(title, panels),
  };
}
