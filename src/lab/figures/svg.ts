import { escapeHtml, escapeLine } from "./escape";
import { dark, light, mono, sans } from "./theme";

/** Sizes that a back row can read when the figure fills a projector's width. */
export const font = { title: 19, label: 15, tick: 14 } as const;

export interface SvgParts {
  readonly width: number;
  readonly height: number;
  readonly title: string;
  /** What the figure shows, for those who cannot see it. */
  readonly desc: string;
  /** Elements, already escaped. */
  readonly body: string;
}

/**
 * A whole SVG document on its own ground: light, or dark where the page asks for it. Colours are attributes
 * (every viewer knows them) and classes override them for dark; there are no ids and no references.
 */
export function svgDocument({ width, height, title, desc, body }: SvgParts): string {
  const w = Math.ceil(width);
  const h = Math.ceil(height);
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${w} ${h}" width="${w}" height="${h}" role="img" ` +
    `aria-label="${escapeLine(title)}" font-family="${escapeHtml(sans)}" style="max-width:100%;height:auto">` +
    `<title>${escapeLine(title)}</title><desc>${escapeHtml(desc)}</desc><style>${darkSheet}</style>` +
    `<rect class="tl-paper" width="${w}" height="${h}" rx="8" fill="${light.paper}"/>` +
    `${body}</svg>`
  );
}

const darkSheet =
  `@media (prefers-color-scheme:dark){.tl-paper{fill:${dark.paper}}.tl-ink{fill:${dark.ink}}.tl-soft{fill:${dark.soft}}` +
  `.tl-halo{stroke:${dark.paper}}.tl-grid{stroke:${dark.grid}}.tl-axis{stroke:${dark.line}}.tl-ref{stroke:${dark.soft}}` +
  `.tl-tint{fill:${dark.tint}}.tl-glow{fill:${dark.glow}}.tl-accent{stroke:${dark.accent}}.tl-accent-fill{fill:${dark.accent}}` +
  dark.series.map((color, i) => `.tl-line${i}{stroke:${color}}.tl-fill${i}{fill:${color}}`).join("") +
  `}`;

export interface TextStyle {
  readonly size?: number;
  readonly anchor?: "start" | "middle" | "end";
  readonly bold?: boolean;
  readonly mono?: boolean;
  readonly tone?: "ink" | "soft";
  /** A line in the ground's colour around the letters, where text stands over lines. */
  readonly halo?: boolean;
}

/** One line of text at a baseline. */
export function svgText(x: number, y: number, text: string, style: TextStyle = {}): string {
  const { size = font.label, anchor = "start", bold, tone = "ink", halo } = style;
  return (
    `<text x="${px(x)}" y="${px(y)}" class="tl-${tone}${halo ? " tl-halo" : ""}" fill="${light[tone]}" font-size="${size}"` +
    (anchor === "start" ? "" : ` text-anchor="${anchor}"`) +
    (bold ? ` font-weight="700"` : "") +
    (style.mono ? ` font-family="${escapeHtml(mono)}"` : "") +
    (halo ? ` stroke="${light.paper}" stroke-width="4" stroke-linejoin="round" paint-order="stroke"` : "") +
    `>${escapeLine(text)}</text>`
  );
}

/** A straight line: "grid", "axis" or "ref" (dashed). */
export function svgLine(
  x1: number,
  y1: number,
  x2: number,
  y2: number,
  role: "grid" | "axis" | "ref",
): string {
  const color = role === "grid" ? light.grid : role === "axis" ? light.line : light.soft;
  const extra = role === "ref" ? ` stroke-width="1.6" stroke-dasharray="6 4"` : "";
  return `<line x1="${px(x1)}" y1="${px(y1)}" x2="${px(x2)}" y2="${px(y2)}" class="tl-${role}" stroke="${color}"${extra}/>`;
}

/** A data point's mark: circle, square, triangle or diamond by series, so that series differ without colour. */
export function svgMark(x: number, y: number, i: number, tip = "", r = 4.5): string {
  const at = (dx: number, dy: number): string => `${px(x + dx * r)} ${px(y + dy * r)}`;
  const title = tip ? `<title>${escapeLine(tip)}</title>` : "";
  const paths = [
    `M${at(-0.9, -0.9)}L${at(0.9, -0.9)}L${at(0.9, 0.9)}L${at(-0.9, 0.9)}Z`,
    `M${at(0, -1.15)}L${at(1.1, 0.85)}L${at(-1.1, 0.85)}Z`,
    `M${at(0, -1.25)}L${at(1.1, 0)}L${at(0, 1.25)}L${at(-1.1, 0)}Z`,
  ];
  return i % 4 === 0
    ? `<circle cx="${px(x)}" cy="${px(y)}" r="${r}" ${fillOf(i)}>${title}</circle>`
    : `<path d="${paths[(i % 4) - 1]}" ${fillOf(i)}>${title}</path>`;
}

/** Coordinates to a tenth of a pixel. */
export const px = (value: number): string => String(Math.round(value * 10) / 10);

/** Stroke and fill attributes of series `i`; colours repeat after the palette's length. */
export const strokeOf = (i: number): string =>
  `class="tl-line${i % light.series.length}" stroke="${light.series[i % light.series.length]}"`;
export const fillOf = (i: number): string =>
  `class="tl-fill${i % light.series.length}" fill="${light.series[i % light.series.length]}"`;
