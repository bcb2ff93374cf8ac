import { plain } from "./escape";
import { formatNumber } from "./numbers";
import { maxPoints, thin, type Point } from "./thin";
import { linearScale, logScale, type Scale } from "./ticks";
import { sparkline } from "./width";

/** One line (or cloud) of a plot. */
export interface Series {
  readonly name: string;
  readonly y: ArrayLike<number>;
  /** As long as y. Default: 0, 1, 2, ... */
  readonly x?: ArrayLike<number>;
  /** The interval of each point, as long as y: drawn as a whisker. */
  readonly low?: ArrayLike<number>;
  readonly high?: ArrayLike<number>;
  /** A label for each point (scatter plots). */
  readonly labels?: readonly string[];
}

/** A dashed line at a known value: a paper's number, a baseline, chance. */
export interface Reference {
  /** Which axis the value lies on; default "y", a horizontal line. */
  readonly axis?: "x" | "y";
  readonly value: number;
  readonly label: string;
}

export interface PlotOptions {
  readonly title: string;
  /** Axis labels, with their unit: "step", "loss (nats)". */
  readonly x: string;
  readonly y: string;
  /** Which axes are logarithmic; values that are not above zero are left out there, and counted. */
  readonly log?: "x" | "y" | "xy";
  readonly references?: readonly Reference[];
  /** Let the y axis start at zero. */
  readonly zero?: boolean;
}

/** A line of fewer points than this shows each as a mark: it is a measurement of its own. */
export const dotLimit = 40;

/** A plot's data made ready: unbroken stretches of finite points, thinned, and the two scales. */
export interface Panel {
  readonly options: PlotOptions;
  readonly kind: "line" | "scatter";
  readonly series: readonly Series[];
  readonly stretches: readonly (readonly (readonly Point[])[])[];
  readonly x: Scale;
  readonly y: Scale;
  /** What the eye cannot see: points left out, lines thinned. */
  readonly notes: readonly string[];
}

/** Checks and prepares a plot. Throws a RangeError that names the series whose x and y differ in length. */
export function makePanel(series: readonly Series[], options: PlotOptions, kind: Panel["kind"]): Panel {
  const notes: string[] = [];
  const stretches = series.map((one) => {
    if (one.x && one.x.length !== one.y.length) {
      throw new RangeError(
        `Plot "${options.title}": series "${one.name}" has ${one.x.length} x values and ${one.y.length} y values.`,
      );
    }
    if (one.low?.length !== one.high?.length || (one.low ?? one.y).length !== one.y.length)
      throw new RangeError(
        `Plot "${options.title}": series "${one.name}" has ${one.y.length} y values, ${one.low?.length ?? 0} low ends and ` +
          `${one.high?.length ?? 0} high ends.`,
      );
    const { parts, dropped } = split(one, options.log ?? "");
    const count = parts.reduce((sum, part) => sum + part.length, 0);
    if (dropped > 0)
      notes.push(`${one.name}: ${dropped} of ${one.y.length} points cannot be drawn and are left out`);
    if (count <= maxPoints) return parts;
    const kept = parts.map((part) => thin(part, Math.max(3, Math.floor((maxPoints * part.length) / count))));
    const drawn = kept.reduce((sum, part) => sum + part.length, 0);
    notes.push(`${one.name}: ${formatNumber(drawn)} of ${formatNumber(count, 9)} points drawn`);
    return kept;
  });
  const all = stretches.flat(2);
  const refs = options.references ?? [];
  return {
    options,
    kind,
    series,
    stretches,
    notes,
    x: scale(
      [...all.map((p) => p.x), ...refs.filter((r) => r.axis === "x").map((r) => r.value)],
      options,
      "x",
      kind,
    ),
    y: scale(
      [
        ...all.flatMap((p) => [p.y, p.low ?? p.y, p.high ?? p.y]),
        ...refs.filter((r) => r.axis !== "x").map((r) => r.value),
      ],
      options,
      "y",
      kind,
    ),
  };
}

function split(series: Series, log: string): { parts: Point[][]; dropped: number } {
  const parts: Point[][] = [];
  let part: Point[] = [];
  let dropped = 0;
  for (let i = 0; i < series.y.length; i++) {
    const x = series.x ? (series.x[i] ?? NaN) : i;
    const y = series.y[i] ?? NaN;
    if (
      Number.isFinite(x) &&
      Number.isFinite(y) &&
      !(log.includes("x") && x <= 0) &&
      !(log.includes("y") && y <= 0)
    ) {
      if (part.length === 0) parts.push(part);
      part.push({ x, y, ...intervalOf(series, i) });
    } else {
      dropped++;
      part = [];
    }
  }
  return { parts, dropped };
}

/** The interval of point i, where it has one. */
function intervalOf({ low, high }: Series, i: number): { low?: number; high?: number } {
  const [from, to] = [low?.[i] ?? NaN, high?.[i] ?? NaN];
  return Number.isFinite(from) && Number.isFinite(to) ? { low: from, high: to } : {};
}

function scale(values: readonly number[], options: PlotOptions, axis: "x" | "y", kind: Panel["kind"]): Scale {
  const log = options.log?.includes(axis) ?? false;
  let low = log ? 1 : 0;
  let high = log ? 10 : 1;
  const usable = values.filter((v) => Number.isFinite(v) && (!log || v > 0));
  if (usable.length > 0) {
    low = usable.reduce((a, b) => Math.min(a, b));
    high = usable.reduce((a, b) => Math.max(a, b));
  }
  if (log) return axis === "y" ? logScale(low / 1.08, high * 1.08) : logScale(low, high);
  if (axis === "y" && options.zero) [low, high] = [Math.min(0, low), Math.max(0, high)];
  if (kind === "line") return linearScale(low, high, 6, axis === "x");
  const room = (high - low) * 0.03; // no point of a cloud lies on an axis
  return linearScale(low - room, high + room, 6, true);
}

/** What the plot says, in words: each line's course, its lowest and highest point, and the references. */
export function panelText({ options, series, notes }: Panel): string {
  const lines = series.map((one) => {
    const points = finitePoints(one);
    const first = points[0];
    const last = points[points.length - 1];
    const name = plain(one.name);
    if (!first || !last) return `${name}: no points`;
    const low = points.reduce((a, b) => (b.y < a.y ? b : a));
    const high = points.reduce((a, b) => (b.y > a.y ? b : a));
    const at = (p: Point): string => `${formatNumber(p.y)} at ${formatNumber(p.x, 6)}`;
    return (
      `${name}: ${points.length} ${points.length === 1 ? "point" : "points"}, ${at(first)} to ${at(last)}; ` +
      `lowest ${at(low)}, highest ${at(high)}${intervals(one)}  ${sparkline(one.y)}`
    ).trimEnd();
  });
  const refs = (options.references ?? []).map(
    (ref) =>
      `${plain(ref.label)}: ${plain(ref.axis === "x" ? options.x : options.y)} = ${formatNumber(ref.value)}`,
  );
  const head = `${plain(options.title)} (${plain(options.y)} against ${plain(options.x)}${logNote(options)})`;
  return [head, ...lines, ...refs, ...notes.map(plain)].join("\n");
}

function intervals(series: Series): string {
  const all = Array.from(series.y, (_, i) => intervalOf(series, i));
  const told = all.map(({ low, high }) => (low === undefined ? "none" : `${formatNumber(low)} to ${formatNumber(high ?? NaN)}`)); // prettier-ignore
  return series.low === undefined ? "" : `; intervals ${told.join(", ")}`;
}

const logNote = ({ log }: PlotOptions): string => (log ? `; logarithmic ${log.split("").join(" and ")}` : "");

function finitePoints(series: Series): Point[] {
  return Array.from(series.y, (y, i) => ({ x: series.x ? (series.x[i] ?? NaN) : i, y })).filter(
    (p) => Number.isFinite(p.x) && Number.isFinite(p.y),
  );
}
