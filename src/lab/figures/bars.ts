import type { Figure } from "../figure";
import { escapeLine, plain, shorten } from "./escape";
import { formatNumber, formatShort, round } from "./numbers";
import { plotlyAxis, plotlyConfig, plotlyLayout, plotlyLines, plotlyText } from "./plotly";
import { fillOf, font, px, svgDocument, svgLine, svgText } from "./svg";
import { light } from "./theme";
import { linearScale, logScale } from "./ticks";
import { alignText, textWidth } from "./width";

export interface BarSeries {
  readonly name: string;
  /** One value for each label; not-a-number leaves the place empty. */
  readonly values: readonly number[];
  /** The interval of each value, as many as there are values: drawn as a whisker. */
  readonly low?: readonly number[];
  readonly high?: readonly number[];
}

export interface BarOptions {
  readonly title: string;
  /** What the values are, with their unit: "MB/s". */
  readonly value: string;
  readonly log?: boolean;
  /** Most labels drawn (default 40); a note says how many are left out. */
  readonly maxBars?: number;
}

/**
 * Horizontal bars, one group a label, with the value written at each bar's end. Bars start at zero, or at the
 * axis' start where it is logarithmic. Throws a RangeError where a series has not one value a label.
 */
export function barPlot(
  labels: readonly string[],
  data: BarSeries | readonly BarSeries[],
  options: BarOptions,
): Figure {
  const series: readonly BarSeries[] = "name" in data ? [data] : data;
  for (const one of series) {
    const odd = [one.values, one.low ?? one.values, one.high ?? one.values].find(
      ({ length }) => length !== labels.length,
    );
    if (odd) {
      throw new RangeError(
        `Bars "${options.title}": series "${one.name}" has ${odd.length} values for ${labels.length} labels.`,
      );
    }
    if ((one.low === undefined) !== (one.high === undefined))
      throw new RangeError(`Bars "${options.title}": series "${one.name}" has one end of its intervals.`);
  }
  const max = options.maxBars ?? 40;
  const shown = labels.slice(0, max);
  const note = labels.length > max ? `first ${max} of ${formatNumber(labels.length, 9)} shown` : "";
  const rows = labels.map((label, i) => [
    label,
    ...series.map((one) => formatNumber(one.values[i] ?? NaN) + intervalText(one, i)),
  ]);
  const head = ["", ...series.map((one) => one.name)];
  const table = alignText(series.length > 1 ? [head, ...rows.slice(0, max)] : rows.slice(0, max), [
    false,
    ...series.map(() => true),
  ]);
  const text = [`${plain(options.title)} (${plain(options.value)})`, table, ...(note ? [note] : [])].join(
    "\n",
  );
  return {
    text,
    svg: barsSvg(shown, series, options, note, text),
    plotly: barsPlotly(shown, series, options),
  };
}

function intervalText({ low, high }: BarSeries, i: number): string {
  const ends = [low?.[i] ?? NaN, high?.[i] ?? NaN];
  return ends.every(Number.isFinite) ? ` (${ends.map((end) => formatNumber(end)).join(" to ")})` : "";
}

function barsSvg(
  labels: readonly string[],
  series: readonly BarSeries[],
  options: BarOptions,
  note: string,
  text: string,
) {
  const width = 760;
  const thick = series.length > 1 ? 18 : 22;
  const group = thick * series.length + 12;
  const names = labels.map((label) => shorten(label, 32));
  const left = 28 + names.reduce((w, t) => Math.max(w, textWidth(t, font.label)), 0);
  const legend = series.length > 1 ? 26 : 0;
  const top = 58 + legend;
  const bottom = top + labels.length * group;
  const drawn = series.flatMap((one) => one.values.slice(0, labels.length)).filter(Number.isFinite);
  const ends = series.flatMap(({ low = [], high = [] }) => [...low, ...high]).filter(Number.isFinite);
  const values = [...drawn, ...ends];
  const valueWidth = values.reduce((w, v) => Math.max(w, textWidth(formatNumber(v), font.tick)), 0);
  const right = width - 26 - valueWidth;
  const positive = values.filter((v) => v > 0);
  const scale = options.log
    ? logScale(Math.min(...positive, 1e300) / 2, Math.max(...positive, 1e-300))
    : linearScale(Math.min(0, ...values), Math.max(0, ...values), 5);
  const toX = (v: number): number => left + scale.at(v) * (right - left);
  const zero = options.log ? left : toX(0);

  const parts = [svgText(20, 34, options.title, { size: font.title, bold: true })];
  if (legend) parts.push(...legendRow(series, 20, 62));
  for (const tick of scale.ticks) {
    parts.push(svgLine(toX(tick), top - 4, toX(tick), bottom, "grid"));
    parts.push(
      svgText(toX(tick), bottom + 18, formatShort(tick), { size: font.tick, anchor: "middle", tone: "soft" }),
    );
  }
  names.forEach((name, i) => {
    const y = top + i * group;
    parts.push(svgText(left - 10, y + (group - 12) / 2 + 6, name, { anchor: "end" }));
    series.forEach((one, k) => {
      const value = one.values[i] ?? NaN;
      if (!Number.isFinite(value) || (options.log && value <= 0)) return;
      const [from, to] = [zero, toX(value)].sort((a, b) => a - b);
      const at = y + k * thick;
      parts.push(
        `<rect x="${px(from ?? 0)}" y="${px(at)}" width="${px(Math.max(1, (to ?? 0) - (from ?? 0)))}" height="${thick - 2}" rx="2" ${fillOf(k)}>` +
          `<title>${escapeLine(`${name}, ${one.name}: ${formatNumber(value)}`)}</title></rect>`,
        drawWhisker(one, i, at + thick / 2 - 1, toX),
        svgText(Math.max(to ?? 0, toX(one.high?.[i] || value)) + 6, at + thick / 2 + 4, formatNumber(value), {
          size: font.tick,
          halo: true,
        }),
      );
    });
  });
  parts.push(svgLine(zero, top - 4, zero, bottom, "axis"));
  parts.push(svgText((left + right) / 2, bottom + 40, options.value, { anchor: "middle", tone: "soft" }));
  if (note) parts.push(svgText(20, bottom + 62, note, { size: 13, tone: "soft" }));
  const height = bottom + (note ? 74 : 54);
  return svgDocument({ width, height, title: options.title, desc: text, body: parts.join("") });
}

/** The interval of bar i, as a line with ends; nothing where it has none. */
function drawWhisker({ low, high }: BarSeries, i: number, y: number, toX: (value: number) => number): string {
  const [from, to] = [low?.[i] ?? NaN, high?.[i] ?? NaN];
  if (!Number.isFinite(from) || !Number.isFinite(to)) return "";
  const ends = [from, to].map((end) => `M${px(toX(end))} ${px(y - 5)}V${px(y + 5)}`);
  return `<path class="tl-ref" d="M${px(toX(from))} ${px(y)}H${px(toX(to))}${ends.join("")}" fill="none" stroke="${light.ink}" stroke-width="1.6"/>`;
}

function legendRow(series: readonly BarSeries[], x: number, y: number): string[] {
  let at = x;
  return series.map((one, i) => {
    const name = shorten(one.name, 32);
    const out =
      `<rect x="${px(at)}" y="${y - 11}" width="13" height="13" rx="2" ${fillOf(i)}/>` +
      svgText(at + 19, y, name, { size: font.tick });
    at += 19 + textWidth(name, font.tick) + 22;
    return out;
  });
}

const finite = (value: number): number | null => (Number.isFinite(value) ? round(value) : null);

function barsPlotly(labels: readonly string[], series: readonly BarSeries[], options: BarOptions) {
  const y = labels.map(plotlyText);
  const data = series.map((one, i) => ({
    type: "bar",
    orientation: "h",
    name: plotlyText(one.name),
    y,
    x: one.values.slice(0, labels.length).map(finite),
    marker: { color: light.series[i % light.series.length] },
    ...(one.low && one.high
      ? {
          error_x: {
            type: "data",
            symmetric: false,
            array: one.high.map((end, k) => finite(end - (one.values[k] ?? NaN))),
            arrayminus: one.low.map((end, k) => finite((one.values[k] ?? NaN) - end)),
          },
        }
      : {}),
  }));
  const showlegend = series.length > 1;
  // Two lines of a long label leave room for the bars.
  const ticktext = labels.map((label) => plotlyLines(shorten(label, 66), 36));
  const left = Math.max(
    0,
    ...ticktext.flatMap((each) => each.split("<br>").map((line) => textWidth(line, 14))),
  );
  const extra = {
    barmode: "group",
    showlegend,
    height: Math.max(300, 130 + labels.length * (14 + 20 * series.length)),
    xaxis: plotlyAxis(options.value, options.log),
    yaxis: {
      autorange: "reversed",
      automargin: true,
      type: "category",
      tickvals: y,
      ticktext,
    },
  };
  const layout = plotlyLayout(options.title, extra, showlegend ? series.map(({ name }) => name) : [], left);
  return { data, layout, config: plotlyConfig };
}
