import type { Figure } from "../figure";
import { escapeHtml, plain } from "./escape";
import { htmlFigure, svgSource } from "./html";
import { formatNumber, round } from "./numbers";
import { font, px, strokeOf, svgDocument, svgLine, svgText } from "./svg";
import { light } from "./theme";

export interface Rotation {
  /** A query and a key of D numbers, D even; numbers 2i and 2i + 1 are a pair. */
  readonly q: readonly number[];
  readonly k: readonly number[];
  /** Where both stand at the start (default 3 and 1). */
  readonly positions?: readonly [query: number, key: number];
  /** Base of the frequencies (default 10000). */
  readonly base?: number;
  readonly title?: string;
}

const size = 190; // of a plane
const furthest = 60;

/**
 * RoPE at work: each pair of numbers is an arrow in a plane of its own, and turns with its position. Sliders move the
 * query, the key, or both; the score changes with the first two and stays with the third. Without script the start is
 * shown. Throws a RangeError where q and k are not two equally long lists of pairs.
 */
export function rotationFigure({ q, k, positions = [3, 1], base = 10000, title }: Rotation): Figure {
  if (q.length !== k.length || q.length === 0 || q.length % 2 !== 0)
    throw new RangeError(
      `Rotation: q has ${q.length} numbers and k has ${k.length}; they need equally many pairs.`,
    );
  const [m, n] = positions;
  const name = title ?? "RoPE turns pairs by their position; the score follows the distance alone";
  const speeds = Array.from({ length: q.length / 2 }, (_, i) => base ** ((-2 * i) / q.length));
  const scale =
    (size / 2 - 26) / Math.max(1e-9, ...speeds.flatMap((_, i) => [q, k].map((v) => lengthOf(v, i))));
  const start = [turned(q, m, speeds), turned(k, n, speeds)] as const;
  const score = start[0].reduce((sum, v, i) => sum + v * start[1][i]!, 0);
  const say = `query at ${m}, key at ${n}, distance ${formatNumber(n - m)}, score ${formatNumber(Math.abs(score) < 5e-4 ? 0 : score)}`;
  const slider = (kind: string, what: string, max: number, value: number): string =>
    `<label>${what} <input class="tl-slider tl-${kind}" type="range" min="0" max="${max}" step="1" value="${value}"></label> `;
  const image = svgSource(still(start, speeds, scale, name, say));
  const body =
    `<div class="tl-still"><img class="tl-image" src="${image}" alt="${escapeHtml(say)}" style="max-width:100%"></div>` +
    `<p class="tl-tools" hidden="hidden">` +
    slider("query", "query's position", furthest, m) +
    slider("key", "key's position", furthest, n) +
    slider("both", "move both by", furthest, 0) +
    `</p><p class="tl-say" aria-live="polite">${escapeHtml(say)}</p>` +
    `<p class="tl-soft">Moving both turns every arrow, and the angle between the two of a plane stays: so does the score.</p>`;
  const data = {
    q: q.map((v) => round(v)),
    k: k.map((v) => round(v)),
    speeds: speeds.map((v) => round(v, 9)),
    scale: round(scale),
    size,
  };
  return {
    html: htmlFigure({ kind: "rotation", title: name, body, css, script, data }),
    text: [plain(name), say, ...speeds.map((speed, i) => `pair ${i} ${turnText(speed)}`)].join("\n"),
  };
}

const lengthOf = (v: readonly number[], i: number): number => Math.hypot(v[2 * i]!, v[2 * i + 1]!);
const turnText = (speed: number): string => `turns ${formatNumber((speed * 180) / Math.PI, 3)}° a place`;

function turned(v: readonly number[], position: number, speeds: readonly number[]): number[] {
  return speeds.flatMap((speed, i) => {
    const [cos, sin] = [Math.cos(position * speed), Math.sin(position * speed)];
    const [a, b] = [v[2 * i]!, v[2 * i + 1]!];
    return [a * cos - b * sin, a * sin + b * cos];
  });
}

function still(
  vectors: readonly (readonly number[])[],
  speeds: readonly number[],
  scale: number,
  title: string,
  desc: string,
): string {
  const planes = speeds.map((speed, i) => {
    const [x, y] = [(i + 0.5) * size, size / 2 + 24];
    const arrows = vectors.map((v, s) => {
      const [dx, dy] = [v[2 * i]! * scale, v[2 * i + 1]! * scale];
      const line = `<line x1="${px(x)}" y1="${px(y)}" x2="${px(x + dx)}" y2="${px(y - dy)}" ${strokeOf(s)} stroke-width="4" stroke-linecap="round"/>`;
      return (
        line +
        svgText(x + 1.15 * dx, y - 1.15 * dy + 5, "qk"[s]!, {
          size: font.tick,
          bold: true,
          anchor: "middle",
          halo: true,
        })
      );
    });
    return (
      svgLine(x - size / 2 + 12, y, x + size / 2 - 12, y, "grid") +
      svgLine(x, y - size / 2 + 12, x, y + size / 2 - 12, "grid") +
      arrows.join("") +
      svgText(x, 20, `pair ${i}`, { size: font.tick, anchor: "middle", tone: "soft" }) +
      svgText(x, size + 34, turnText(speed), { size: 13, anchor: "middle", tone: "soft" })
    );
  });
  return svgDocument({ width: size * speeds.length, height: size + 48, title, desc, body: planes.join("") });
}

/** Body of `function (root, data)`. It draws over the same planes as `still`. */
const script = `
var box = root.querySelector(".tl-still"), say = root.querySelector(".tl-say"), n = data.speeds.length, half = data.size / 2;
var inputs = ["query", "key", "both"].map(function (name) { return root.querySelector(".tl-" + name); });
var parts = "";
for (var i = 0; i < n; i++) {
  var x = (i + 0.5) * data.size, y = half + 24, degrees = data.speeds[i] * 180 / Math.PI;
  parts += "<g transform='translate(" + x + " " + y + ")'><path class='tl-cross' d='M" + (12 - half) + " 0H" + (half - 12) +
    "M0 " + (12 - half) + "V" + (half - 12) + "'/><line class='tl-q'/><line class='tl-k'/><text class='tl-qn'>q</text>" +
    "<text class='tl-kn'>k</text><text class='tl-note' y='" + (4 - y + 16) + "'>pair " + i + "</text><text class='tl-note' y='" +
    (half + 10) + "'>turns " + Number(degrees.toPrecision(3)) + "\\u00b0 a place</text></g>";
}
box.innerHTML = "<svg viewBox='0 0 " + n * data.size + " " + (data.size + 48) + "' role='img'>" + parts + "</svg>";
var svg = box.querySelector("svg"), planes = svg.querySelectorAll("g");
function turn(v, i, position) {
  var by = position * data.speeds[i], c = Math.cos(by), s = Math.sin(by), a = v[2 * i], b = v[2 * i + 1];
  return [a * c - b * s, a * s + b * c];
}
function point(plane, name, at) {
  var line = plane.querySelector(".tl-" + name), label = plane.querySelector(".tl-" + name + "n");
  line.setAttribute("x2", (at[0] * data.scale).toFixed(1));
  line.setAttribute("y2", (-at[1] * data.scale).toFixed(1));
  label.setAttribute("x", (1.15 * at[0] * data.scale).toFixed(1));
  label.setAttribute("y", (5 - 1.15 * at[1] * data.scale).toFixed(1));
}
function number(v) { return (Math.abs(v) < 0.0005 ? 0 : v).toFixed(3).replace("-", "\\u2212"); }
function draw() {
  var by = Number(inputs[2].value), m = Number(inputs[0].value) + by, at = Number(inputs[1].value) + by, score = 0;
  for (var i = 0; i < n; i++) {
    var q = turn(data.q, i, m), k = turn(data.k, i, at);
    score += q[0] * k[0] + q[1] * k[1];
    point(planes[i], "q", q);
    point(planes[i], "k", k);
  }
  say.textContent = "query at " + m + ", key at " + at + ", distance " + String(at - m).replace("-", "\\u2212") +
    ", score " + number(score);
  svg.setAttribute("aria-label", say.textContent);
}
inputs.forEach(function (slider) {
  slider.addEventListener("input", draw);
  slider.addEventListener("keydown", function (event) { event.stopPropagation(); });
});
root.querySelector(".tl-tools").hidden = false;
draw();
`;

const css = `
.tl-rotation svg{display:block;width:100%;height:auto}
.tl-rotation svg line{stroke-width:4;stroke-linecap:round}
.tl-rotation .tl-q{stroke:${light.series[0]}}
.tl-rotation .tl-k{stroke:${light.series[1]}}
.tl-rotation .tl-cross{fill:none;stroke:var(--tl-grid)}
.tl-rotation svg text{fill:var(--tl-ink);font-size:14px;font-weight:700;text-anchor:middle}
.tl-rotation svg .tl-note{fill:var(--tl-soft);font-size:13px;font-weight:400}
.tl-rotation .tl-tools label{margin-right:1em}
.tl-rotation .tl-slider{accent-color:var(--tl-accent);vertical-align:middle}
.tl-rotation .tl-say{font-variant-numeric:tabular-nums;font-weight:600}
`;
