import { escapeHtml, escapeLine, scriptJson } from "./escape";
import { dark, light, mono, sans, type Palette } from "./theme";

/**
 * The frame of every HTML figure.
 *
 * A notebook that is not trusted loses <style>, <script>, inline <svg> and all aria- and data- attributes;
 * what carries the message is therefore plain elements with inline styles, and the script only adds to it.
 * Controls that need the script say hidden="hidden": JupyterLab's sanitizer drops an empty value.
 * The markup holds no id: two figures in one notebook, even two equal ones, cannot disturb each other. The
 * script finds its own root by a hash of the figure's content and starts each root once.
 */
export interface HtmlParts {
  /** Names the figure's class, tl-<kind>. */
  readonly kind: string;
  readonly title?: string;
  readonly body: string;
  /** Rules for this kind; scope them with .tl-<kind>. */
  readonly css?: string;
  /** The body of `function (root, data) { ... }`, plain browser JavaScript. */
  readonly script?: string;
  readonly data?: unknown;
}

export function htmlFigure(parts: HtmlParts): string {
  const title = parts.title ? `<div class="tl-title"><strong>${escapeLine(parts.title)}</strong></div>` : "";
  const label = parts.title ? ` aria-label="${escapeLine(parts.title)}"` : "";
  const key = `${parts.kind}-${hash(parts.body + (parts.script ?? ""))}`;
  const root =
    `<div class="tl tl-${parts.kind}" data-tl="${key}" role="group"${label} dir="ltr">` +
    `${title}${parts.body}</div>`;
  const style = `<style>${sheet}${minify(parts.css ?? "")}</style>`;
  if (!parts.script) return style + root;
  const data = scriptJson(parts.data ?? null);
  const start =
    `document.querySelectorAll('.tl[data-tl="${key}"]:not([data-on])').forEach(function(root){` +
    `root.setAttribute("data-on","");start(root,data)})`;
  return `${style}${root}<script>(function(){"use strict";var data=${data};function start(root,data){${parts.script}}${start}})()</script>`;
}

/** An SVG as an image, which needs neither trust nor script. In JupyterLab it follows the notebook's theme. */
export function svgImage(svg: string, alt: string): string {
  return `<style>${imageSheet}</style><img class="tl-image" src="${svgSource(svg)}" alt="${escapeHtml(alt)}" style="max-width:100%">`;
}

/** The `src` of an image that shows an SVG and loads nothing. */
export const svgSource = (svg: string): string =>
  `data:image/svg+xml;base64,${base64(new TextEncoder().encode(svg))}`;

/** A small coloured label; `tone` is a class of the sheet: good, half, bad, idle. */
export const chip = (text: string, tone: string): string =>
  `<span class="tl-chip tl-chip-${tone}">${escapeHtml(text)}</span>`;

/** A stable name for a content: FNV-1a over UTF-16 units, 32 bits, in base 36. */
export function hash(text: string): string {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return (h >>> 0).toString(36);
}

function base64(bytes: Uint8Array): string {
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary);
}

const variables = (p: Palette): string =>
  `--tl-paper:${p.paper};--tl-tint:${p.tint};--tl-ink:${p.ink};--tl-soft:${p.soft};--tl-line:${p.line};` +
  `--tl-grid:${p.grid};--tl-good:${p.good};--tl-half:${p.half};--tl-bad:${p.bad};--tl-accent:${p.accent};--tl-glow:${p.glow}`;

/** JupyterLab and VS Code say their theme on <body>; elsewhere the browser's own preference counts. */
const darkPage = `[data-jp-theme-light="false"] .tl,.vscode-dark .tl`;
const plainPage = `body:not([data-jp-theme-light]):not(.vscode-light) .tl`;

const minify = (css: string): string => css.replace(/\n\s*/g, "");

const sheet = minify(`
.tl{${variables(light)};--tl-mono:${mono};color-scheme:light}
${darkPage}{${variables(dark)};color-scheme:dark}
@media (prefers-color-scheme:dark){${plainPage}{${variables(dark)};color-scheme:dark}}
.tl{box-sizing:border-box;max-width:60em;margin:.3em 0;padding:.8em 1em;border:1px solid var(--tl-grid);border-radius:8px;background:var(--tl-paper);color:var(--tl-ink);font:15px/1.5 ${sans};text-align:left}
.tl .tl-title{font-size:1.13em;margin:0 0 .5em}
.tl p{margin:.35em 0;color:inherit}
.tl .tl-soft{color:var(--tl-soft)}
.tl .tl-mono{font-family:var(--tl-mono)}
.tl [hidden]{display:none!important}
.tl button{font:inherit;color:var(--tl-ink);background:var(--tl-tint);border:1px solid var(--tl-line);border-radius:6px;padding:.2em .8em;cursor:pointer}
.tl button:hover{background:var(--tl-glow)}
.tl button:disabled{opacity:.45;cursor:default}
.tl :focus-visible{outline:3px solid var(--tl-accent);outline-offset:2px}
.tl .tl-chip{display:inline-block;min-width:1.3em;text-align:center;font-weight:700}
.tl .tl-chip-good{color:var(--tl-good)}
.tl .tl-chip-half{color:var(--tl-half)}
.tl .tl-chip-bad{color:var(--tl-bad)}
.tl .tl-chip-idle{color:var(--tl-soft)}
`);

const imageSheet = minify(`
.tl-image{color-scheme:light;border-radius:8px}
[data-jp-theme-light="false"] .tl-image,.vscode-dark .tl-image{color-scheme:dark}
@media (prefers-color-scheme:dark){body:not([data-jp-theme-light]):not(.vscode-light) .tl-image{color-scheme:dark}}
`);
