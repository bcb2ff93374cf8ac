/** The figures' palette as the page's variables: what stands around a figure has its colours. */
import { dark, light, mono, sans, type Palette } from "../lab/browser";

const variables = (p: Palette): string =>
  `--page:${p.paper};--ink:${p.ink};--soft:${p.soft};--line:${p.line};--grid:${p.grid};--accent:${p.accent};` +
  `--tint:${p.tint};--glow:${p.glow};--good:${p.good};--half:${p.half};--bad:${p.bad};` +
  p.series.map((color, i) => `--series${i}:${color};`).join("");

const figureVariables = (p: Palette): string =>
  `--tl-paper:${p.paper};--tl-tint:${p.tint};--tl-ink:${p.ink};--tl-soft:${p.soft};--tl-line:${p.line};` +
  `--tl-grid:${p.grid};--tl-good:${p.good};--tl-half:${p.half};--tl-bad:${p.bad};--tl-accent:${p.accent};--tl-glow:${p.glow}`;

/** The system's choice where the page has none of its own (data-theme); paper is white. */
export const paletteCss = (): string =>
  `:root{--mono:${mono};--sans:${sans};${variables(light)}color-scheme:light}` +
  `@media (prefers-color-scheme:dark){:root:not([data-theme="light"]){${variables(dark)}color-scheme:dark}}` +
  `:root[data-theme="dark"]{${variables(dark)}color-scheme:dark}` +
  `@media print{:root:root:root{${variables(light)}color-scheme:light}html body .tl.tl{${figureVariables(light)};color-scheme:light}html body .tl-image.tl-image{color-scheme:light}}\n`;
