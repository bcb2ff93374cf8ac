import type { Figure } from "../figure";
import { cloudScript } from "./cloudScript";
import { escapeHtml, plain, shorten } from "./escape";
import { htmlFigure, svgSource } from "./html";
import { formatNumber, round } from "./numbers";
import { font, px, svgDocument, svgMark, svgText } from "./svg";
import { light } from "./theme";
import { textWidth } from "./width";

/** Points that belong together: one colour, one mark. */
export interface CloudGroup {
  readonly name: string;
  readonly points: readonly CloudPoint[];
}

export interface CloudPoint {
  readonly label: string;
  readonly x: number;
  readonly y: number;
  readonly z: number;
}

export interface CloudOptions {
  readonly title: string;
  /** Pairs of labels to join by a line, e.g. ["king", "queen"]. */
  readonly lines?: readonly (readonly [from: string, to: string])[];
  /** One line below the cloud, e.g. the share of the spread that is seen. */
  readonly note?: string;
}

const width = 760;
const height = 480;
/** How the cloud stands before anybody turns it, in radians: to the right, and tipped towards the reader. */
const turn = { yaw: 0.6, pitch: 0.35 };

/**
 * A cloud of labelled points in three dimensions, to turn with the pointer, the arrow keys or the buttons. Without
 * script one view of it is shown as a picture. The cloud is moved to the origin and scaled to fit.
 *
 * @throws RangeError that names a point whose place is not finite, or an end of a line that is no label
 */
export function cloudFigure(groups: readonly CloudGroup[], options: CloudOptions): Figure {
  const all = groups.flatMap(({ points }, group) => points.map((point) => ({ ...point, group })));
  const odd = all.find(({ x, y, z }) => !Number.isFinite(x + y + z));
  if (odd) throw new RangeError(`Cloud "${options.title}": the place of "${odd.label}" is not finite.`);
  const places = fitted(all);
  const lines = (options.lines ?? []).map((ends) =>
    ends.map((end) => {
      const at = all.findIndex(({ label }) => label === end);
      if (at < 0)
        throw new RangeError(`Cloud "${options.title}": a line ends at "${end}", which is no point.`);
      return at;
    }),
  );
  const text = [
    plain(options.title),
    ...groups.map(({ name, points }) => `${plain(name)}: ${points.map(placeText).join(", ")}`),
    ...(options.note ? [plain(options.note)] : []),
  ].join("\n");
  const marks = all.map(({ label, group }) => ({ label: shorten(plain(label), 24), group }));
  const svg = stillSvg(places, marks, lines, options.title, text);
  const body =
    `<div class="tl-still"><img class="tl-image" src="${svgSource(svg)}" alt="${escapeHtml(options.title)}" style="max-width:100%"></div>` +
    `<p class="tl-tools" hidden="hidden">` +
    [
      ["left", "‹ Turn left"],
      ["right", "Turn right ›"],
      ["up", "Tip up"],
      ["down", "Tip down"],
      ["play", "▶ Turn"],
    ]
      .map(([name, face]) => `<button type="button" class="tl-${name}">${face}</button> `)
      .join("") +
    `</p>` +
    groups
      .map(
        ({ name, points }, i) =>
          `<p class="tl-soft"><span class="tl-dot${i % light.series.length}">${signs[i % 4]}</span> <strong>${escapeHtml(name)}</strong> ` +
          `${escapeHtml(points.map(({ label }) => label).join(", "))}</p>`,
      )
      .join("") +
    (options.note ? `<p class="tl-soft">${escapeHtml(options.note)}</p>` : "");
  const data = { width, height, ...turn, places, marks, lines };
  return {
    html: htmlFigure({ kind: "cloud", title: options.title, body, css, script: cloudScript, data }),
    text,
  };
}

const signs = ["●", "■", "▲", "◆"];

const placeText = ({ label, x, y, z }: CloudPoint): string =>
  `${plain(label)} (${[x, y, z].map((v) => formatNumber(v, 2)).join(", ")})`;

/** Centred, and no point further than 1 from the origin. */
function fitted(points: readonly CloudPoint[]): [number, number, number][] {
  const mean = (of: (p: CloudPoint) => number): number =>
    points.reduce((sum, p) => sum + of(p), 0) / Math.max(1, points.length);
  const [x, y, z] = [mean((p) => p.x), mean((p) => p.y), mean((p) => p.z)];
  const far = Math.max(...points.map((p) => Math.hypot(p.x - x, p.y - y, p.z - z)), 1e-12);
  return points.map((p) => [round((p.x - x) / far, 4), round((p.y - y) / far, 4), round((p.z - z) / far, 4)]);
}

interface Mark {
  readonly label: string;
  readonly group: number;
}

/** The first view; `cloudScript` draws the same with other angles. */
function stillSvg(
  places: readonly (readonly [number, number, number])[],
  marks: readonly Mark[],
  lines: readonly (readonly number[])[],
  title: string,
  text: string,
): string {
  const seen = places.map(([x, y, z]) => {
    const [right, away] = [
      x * Math.cos(turn.yaw) + z * Math.sin(turn.yaw),
      z * Math.cos(turn.yaw) - x * Math.sin(turn.yaw),
    ];
    const [up, depth] = [
      y * Math.cos(turn.pitch) - away * Math.sin(turn.pitch),
      away * Math.cos(turn.pitch) + y * Math.sin(turn.pitch),
    ];
    const near = 2.6 / (2.6 - depth);
    return { x: width / 2 + right * near * 190, y: height / 2 - up * near * 190, depth };
  });
  const order = seen.map((_, i) => i).sort((i, j) => seen[i].depth - seen[j].depth);
  const body = [
    ...lines.map(
      ([from, to]) =>
        `<line x1="${px(seen[from].x)}" y1="${px(seen[from].y)}" x2="${px(seen[to].x)}" y2="${px(seen[to].y)}" class="tl-axis" stroke="${light.line}" stroke-width="1.5"/>`,
    ),
    ...order.map((i) => {
      const { label, group } = marks[i];
      const left = seen[i].x + 8 + textWidth(label, font.tick) > width;
      return (
        svgMark(seen[i].x, seen[i].y, group, label) +
        svgText(seen[i].x + (left ? -8 : 8), seen[i].y + 5, label, {
          size: font.tick,
          halo: true,
          anchor: left ? "end" : "start",
        })
      );
    }),
  ].join("");
  return svgDocument({ width, height, title, desc: text, body });
}

const css = `
.tl-cloud svg{display:block;width:100%;height:auto;touch-action:none;user-select:none;-webkit-user-select:none;cursor:grab;border-radius:6px}
.tl-cloud svg text{fill:var(--tl-ink);paint-order:stroke;stroke:var(--tl-paper);stroke-width:3px}
.tl-cloud svg line{stroke:var(--tl-line);stroke-width:1.5}
${light.series.map((color, i) => `.tl-cloud .tl-dot${i}{fill:${color};color:${color}}`).join("")}
[data-jp-theme-light="false"] .tl-cloud .tl-dots,[data-jp-theme-light="false"] .tl-cloud span{filter:brightness(1.7)}
`;
