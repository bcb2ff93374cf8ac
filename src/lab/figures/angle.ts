import type { Figure } from "../figure";
import { escapeHtml, plain } from "./escape";
import { htmlFigure, svgSource } from "./html";
import { formatNumber } from "./numbers";
import { font, px, strokeOf, svgDocument, svgText } from "./svg";
import { light } from "./theme";

export interface AngleFigureOptions {
  readonly title?: string;
  /** The angle between the two vectors at the start, in degrees (default 40). */
  readonly degrees?: number;
  /** The length of the second vector at the start; the first has length 1 (default 1). */
  readonly length?: number;
}

const width = 420;
const height = 300;
const unit = 120;
const origin = { x: 210, y: 255 };

/**
 * Two vectors, and what can be said of them: the angle, its cosine, the dot product. A slider turns the second one and
 * another one stretches it, so that one sees which number follows the angle and which also the length.
 * Without script the start is shown.
 */
export function angleFigure(options: AngleFigureOptions = {}): Figure {
  const { title = "Two vectors: angle, cosine, dot product", degrees = 40, length = 1 } = options;
  const cos = Number(Math.cos((degrees * Math.PI) / 180).toFixed(6)); // cos 90° is 0, not 6e-17
  const say =
    `angle ${formatNumber(degrees)}°, cosine ${formatNumber(cos, 3)}, ` +
    `lengths 1 and ${formatNumber(length, 3)}, dot product ${formatNumber(length * cos, 3)}`;
  const slider = (
    name: string,
    what: string,
    min: number,
    max: number,
    step: number,
    value: number,
  ): string =>
    `<label>${what} <input class="tl-slider tl-${name}" type="range" min="${min}" max="${max}" step="${step}" value="${value}"></label> `;
  const tip = {
    x: Math.cos((degrees * Math.PI) / 180) * length,
    y: Math.sin((degrees * Math.PI) / 180) * length,
  };
  const body =
    `<div class="tl-still"><img class="tl-image" src="${svgSource(still(tip, title, say))}" alt="${escapeHtml(say)}" style="max-width:100%"></div>` +
    `<p class="tl-tools" hidden="hidden">` +
    slider("turned", "angle", 0, 180, 1, degrees) +
    slider("long", "length of b", 0.2, 2, 0.1, length) +
    `</p><p class="tl-say" aria-live="polite">${escapeHtml(say)}</p>` +
    `<p class="tl-soft">The cosine follows the angle alone. The dot product grows with the length, too.</p>`;
  const data = { width, height, unit, origin };
  return {
    html: htmlFigure({ kind: "angle", title, body, css, script, data }),
    text: `${plain(title)}\n${say}`,
  };
}

function still(tip: { x: number; y: number }, title: string, say: string): string {
  const arrow = (x: number, y: number, i: number, name: string): string =>
    `<line x1="${origin.x}" y1="${origin.y}" x2="${px(origin.x + x * unit)}" y2="${px(origin.y - y * unit)}" ${strokeOf(i)} stroke-width="4" stroke-linecap="round"/>` +
    svgText(origin.x + x * unit + 8, origin.y - y * unit - 6, name, { size: font.label, bold: true });
  return svgDocument({
    width,
    height,
    title,
    desc: say,
    body:
      `<circle cx="${origin.x}" cy="${origin.y}" r="5" fill="${light.soft}" class="tl-soft"/>` +
      arrow(1, 0, 0, "a") +
      arrow(tip.x, tip.y, 1, "b"),
  });
}

/** Body of `function (root, data)`. */
const script = `
var box = root.querySelector(".tl-still"), say = root.querySelector(".tl-say");
var turned = root.querySelector(".tl-turned"), long = root.querySelector(".tl-long"), o = data.origin;
box.innerHTML = "<svg viewBox='0 0 " + data.width + " " + data.height + "' role='img'><path class='tl-arc'/>" +
  "<line class='tl-a'/><line class='tl-b'/><text class='tl-an'>a</text><text class='tl-bn'>b</text></svg>";
var svg = box.querySelector("svg");
function place(line, name, x, y) {
  var parts = { x1: o.x, y1: o.y, x2: o.x + x * data.unit, y2: o.y - y * data.unit };
  for (var key in parts) line.setAttribute(key, parts[key].toFixed(1));
  name.setAttribute("x", (parts.x2 + 8).toFixed(1));
  name.setAttribute("y", (parts.y2 - 6).toFixed(1));
}
function number(v) { return (Math.abs(v) < 0.0005 ? 0 : v).toFixed(3).replace("-", "\\u2212"); }
function draw() {
  var degrees = Number(turned.value), size = Number(long.value), angle = degrees * Math.PI / 180, c = Math.cos(angle);
  place(svg.querySelector(".tl-a"), svg.querySelector(".tl-an"), 1, 0);
  place(svg.querySelector(".tl-b"), svg.querySelector(".tl-bn"), c * size, Math.sin(angle) * size);
  var r = 36;
  svg.querySelector(".tl-arc").setAttribute("d", "M" + (o.x + r) + " " + o.y + "A" + r + " " + r + " 0 0 0 " +
    (o.x + r * c).toFixed(1) + " " + (o.y - r * Math.sin(angle)).toFixed(1));
  say.textContent = "angle " + degrees + "\\u00b0, cosine " + number(c) + ", lengths 1 and " + size.toFixed(1) +
    ", dot product " + number(c * size);
  svg.setAttribute("aria-label", say.textContent);
}
[turned, long].forEach(function (slider) {
  slider.addEventListener("input", draw);
  slider.addEventListener("keydown", function (event) { event.stopPropagation(); });
});
root.querySelector(".tl-tools").hidden = false;
draw();
`;

const css = `
.tl-angle svg{display:block;width:100%;max-width:30em;height:auto}
.tl-angle svg line{stroke-width:4;stroke-linecap:round}
.tl-angle .tl-a{stroke:${light.series[0]}}
.tl-angle .tl-b{stroke:${light.series[1]}}
.tl-angle .tl-arc{fill:none;stroke:var(--tl-soft);stroke-width:2}
.tl-angle svg text{fill:var(--tl-ink);font-size:15px;font-weight:700}
.tl-angle .tl-tools label{margin-right:1em}
.tl-angle .tl-slider{accent-color:var(--tl-accent);vertical-align:middle}
.tl-angle .tl-say{font-variant-numeric:tabular-nums;font-weight:600}
`;
