import { shorten } from "./escape";
import { formatNumber, formatShort } from "./numbers";
import { font, px, strokeOf, svgLine, svgMark, svgText } from "./svg";
import { dashes } from "./theme";
import type { Point } from "./thin";
import { textWidth } from "./width";
import { dotLimit, type Panel, type Reference } from "./xy";

export interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

const maxName = 26;

/**
 * One pair of axes with its lines, in SVG. The y label stands over the axis, horizontal, and each line's name
 * at its end in its own colour, so that nobody has to match a legend.
 */
export function drawPanel(panel: Panel, box: Box): string {
  const { options, x, y, series } = panel;
  const tickText = y.ticks.map(formatShort);
  const named = series.length > 1 && panel.kind === "line";
  const left = box.left + 12 + tickText.reduce((w, t) => Math.max(w, textWidth(t, font.tick)), 20);
  const names = series.map((one) => shorten(one.name, maxName));
  const nameWidth = named ? names.reduce((w, t) => Math.max(w, 1.08 * textWidth(t, font.tick)), 0) + 26 : 8;
  const right = box.left + box.width - Math.max(nameWidth, 14);
  const top = box.top + 30;
  const bottom = box.top + box.height - 46;
  const toX = (v: number): number => left + x.at(v) * (right - left);
  const toY = (v: number): number => bottom - y.at(v) * (bottom - top);

  const parts: string[] = [svgText(box.left, box.top + 12, options.y, { size: font.label, tone: "soft" })];
  y.ticks.forEach((tick, i) => {
    parts.push(svgLine(left, toY(tick), right, toY(tick), "grid"));
    parts.push(
      svgText(left - 8, toY(tick) + 5, tickText[i] ?? "", { size: font.tick, anchor: "end", tone: "soft" }),
    );
  });
  for (const tick of roomyTicks(x.ticks, toX)) {
    parts.push(svgLine(toX(tick), bottom, toX(tick), bottom + 5, "axis"));
    parts.push(
      svgText(toX(tick), bottom + 21, formatShort(tick), { size: font.tick, anchor: "middle", tone: "soft" }),
    );
  }
  parts.push(svgLine(left, bottom, right, bottom, "axis"));
  parts.push(svgText((left + right) / 2, bottom + 41, options.x, { anchor: "middle", tone: "soft" }));
  panel.stretches.forEach((stretches, i) => {
    const size = stretches.reduce((sum, s) => sum + s.length, 0);
    for (const points of stretches) {
      for (const p of points) parts.push(drawWhisker(p, i, toX, toY));
      if (panel.kind === "line" && points.length > 1)
        parts.push(drawLine(points, i, size <= dotLimit, toX, toY));
      if (panel.kind === "scatter" || size <= dotLimit || points.length === 1) {
        parts.push(...points.map((p) => drawDot(p, i, options, toX, toY)));
      }
    }
  });
  for (const ref of options.references ?? [])
    parts.push(drawReference(ref, { left, right, top, bottom }, toX, toY));
  if (named) parts.push(...endLabels(panel, names, right + 8, [top, bottom], toY));
  if (panel.kind === "scatter") parts.push(...pointLabels(panel, right, toX, toY));
  if (panel.kind === "scatter" && series.length > 1) parts.push(...legend(names, right, box.top + 12));
  return parts.join("");
}

type Place = (value: number) => number;

function drawLine(points: readonly Point[], i: number, dashed: boolean, toX: Place, toY: Place): string {
  const d = points.map((p, k) => `${k === 0 ? "M" : "L"}${px(toX(p.x))} ${px(toY(p.y))}`).join("");
  // Dashes on a noisy line of many points would only be more noise.
  const dash = dashed ? dashes[i % dashes.length] : "";
  return (
    `<path d="${d}" fill="none" ${strokeOf(i)} stroke-width="2.6" stroke-linejoin="round" stroke-linecap="round"` +
    `${dash ? ` stroke-dasharray="${dash}"` : ""}/>`
  );
}

/** The interval of a point, as a line with ends; nothing where it has none. */
function drawWhisker({ x, low, high }: Point, i: number, toX: Place, toY: Place): string {
  if (low === undefined || high === undefined) return "";
  const [at, from, to] = [toX(x), toY(low), toY(high)];
  const ends = [from, to].map((end) => `M${px(at - 5)} ${px(end)}H${px(at + 5)}`);
  return `<path d="M${px(at)} ${px(from)}V${px(to)}${ends.join("")}" fill="none" ${strokeOf(i)} stroke-width="1.8"/>`;
}

function drawDot(p: Point, i: number, options: { x: string; y: string }, toX: Place, toY: Place): string {
  const tip = `${options.x} ${formatNumber(p.x, 6)}, ${options.y} ${formatNumber(p.y)}`;
  return svgMark(toX(p.x), toY(p.y), i, tip);
}

function drawReference(
  ref: Reference,
  area: { left: number; right: number; top: number; bottom: number },
  toX: Place,
  toY: Place,
): string {
  const style = { size: font.tick, tone: "soft", halo: true } as const;
  if (ref.axis === "x") {
    const at = toX(ref.value);
    const nearEnd = at > (area.left + area.right) / 2;
    return (
      svgLine(at, area.top, at, area.bottom, "ref") +
      svgText(nearEnd ? at - 6 : at + 6, area.top + 14, ref.label, {
        ...style,
        anchor: nearEnd ? "end" : "start",
      })
    );
  }
  const at = toY(ref.value);
  const below = at < area.top + 20;
  return (
    svgLine(area.left, at, area.right, at, "ref") +
    svgText(area.right - 6, below ? at + 18 : at - 7, ref.label, { ...style, anchor: "end" })
  );
}

/** Names at the lines' ends, pushed apart where they would lie on each other. */
function endLabels(
  panel: Panel,
  names: readonly string[],
  x: number,
  [top, bottom]: readonly number[],
  toY: Place,
) {
  const gap = font.tick + 4;
  const spots = panel.stretches
    .map((stretches, i) => ({ i, last: stretches[stretches.length - 1]?.slice(-1)[0] }))
    .map(({ i, last }) => ({ i, y: last ? toY(last.y) : (bottom ?? 0) }))
    .sort((a, b) => a.y - b.y);
  let floor = (top ?? 0) - gap;
  for (const spot of spots) floor = spot.y = Math.max(spot.y, floor + gap);
  let roof = (bottom ?? 0) + gap;
  for (const spot of [...spots].reverse()) roof = spot.y = Math.min(spot.y, roof - gap);
  return spots.map(
    ({ i, y }) =>
      svgMark(x + 5, y, i) + svgText(x + 16, y + 5, names[i] ?? "", { size: font.tick, bold: true }),
  );
}

/** Names of a cloud's series with their marks, in one row that ends at `right`. */
function legend(names: readonly string[], right: number, y: number): string[] {
  let end = right;
  return names
    .map((name, i) => ({ name, i }))
    .reverse()
    .map(({ name, i }) => {
      const start = end - textWidth(name, font.tick);
      end = start - 40;
      return svgMark(start - 12, y - 5, i, "", 5.5) + svgText(start, y, name, { size: font.tick });
    });
}

/** Labels of scatter points, as many as fit without lying on each other. */
function pointLabels(panel: Panel, right: number, toX: Place, toY: Place): string[] {
  // A label may lie neither on another label nor on a point.
  const taken: Box[] = panel.stretches
    .flat(2)
    .map((p) => ({ left: toX(p.x) - 5, top: toY(p.y) - 5, width: 10, height: 10 }));
  const out: string[] = [];
  panel.series.forEach((one) =>
    Array.from(one.y).forEach((y, k) => {
      const label = one.labels?.[k];
      const x = one.x?.[k] ?? k;
      if (!label || !Number.isFinite(x) || !Number.isFinite(y)) return;
      const text = shorten(label, maxName);
      const width = textWidth(text, font.tick);
      const box = [toX(x) + 8, toX(x) - 8 - width]
        .map((start) => ({ left: start, top: toY(y) - 9, width, height: font.tick + 4 }))
        .find((spot) => spot.left + width <= right && !taken.some((other) => overlaps(spot, other)));
      if (!box) return;
      taken.push(box);
      out.push(svgText(box.left, toY(y) + 5, text, { size: font.tick, halo: true }));
    }),
  );
  return out;
}

const overlaps = (a: Box, b: Box): boolean =>
  a.left < b.left + b.width &&
  b.left < a.left + a.width &&
  a.top < b.top + b.height &&
  b.top < a.top + a.height;

/** Ticks whose labels keep clear of their left neighbour. */
function roomyTicks(ticks: readonly number[], toX: Place): number[] {
  let end = -Infinity;
  return ticks.filter((tick) => {
    const half = textWidth(formatShort(tick), font.tick) / 2;
    if (toX(tick) - half < end + 8) return false;
    end = toX(tick) + half;
    return true;
  });
}
