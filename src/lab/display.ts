import type { Figure } from "./figure";
import { svgImage } from "./figures/html";
import { type Bundle, kernel } from "./kernel";

/** Draws a figure in the notebook. Outside of one, prints its text. */
export function show(figure: Figure): void {
  send(figureBundle(figure), figure.text);
}

/** Shows HTML. Scripts run only in a notebook that is trusted; `text` is for where HTML cannot be shown. */
export function html(source: string, text: string = plainText(source)): void {
  send({ "text/html": source, "text/plain": text }, text);
}

/** Shows Markdown; formulas between dollar signs are set by the notebook. */
export function markdown(source: string): void {
  send({ "text/markdown": source, "text/plain": source }, source);
}

/** Sends a bundle to the notebook or, outside of one, prints `text`. */
export function send(bundle: Bundle, text: string): void {
  if (kernel.labDisplay) kernel.labDisplay(bundle);
  else console.log(text);
}

/**
 * A figure as one output with several forms. JupyterLab draws the first that it can, in this order:
 * - Plotly's own type, drawn by the lab extension that comes with pip's `plotly`, also when the notebook is
 *   opened again without trust;
 * - HTML: the figure's own, else its SVG as an image. Inside an <img> an SVG needs no trust, whereas
 *   `image/svg+xml` is not shown at all in an untrusted notebook;
 * - plain text.
 *
 * There is no PNG: where the bundle has one, JupyterLab's Plotly renderer shows the PNG and draws no plot.
 */
export function figureBundle(figure: Figure): Bundle {
  const { text, svg, html: source, plotly } = figure;
  return {
    ...(plotly && { "application/vnd.plotly.v1+json": plainJson(plotly) }),
    ...(source ? { "text/html": source } : svg ? { "text/html": imageOf(svg, text) } : {}),
    "text/plain": text,
  };
}

/** The SVG as an image. An <img> draws nothing without the namespace, which inline SVG may leave out. */
export function imageOf(svg: string, text: string): string {
  const named = /\sxmlns=/.test(svg) ? svg : svg.replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"');
  return svgImage(named, text);
}

/** What JSON keeps of a value, with typed arrays as arrays (JSON would make objects of them). NaN becomes null. */
function plainJson(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (_key, item: unknown) =>
      ArrayBuffer.isView(item) && !(item instanceof DataView) ? Array.from(item as Float32Array) : item,
    ),
  );
}

function plainText(source: string): string {
  const text = source.replace(/<(script|style)\b[\s\S]*?<\/\1>/gi, "").replace(/<[^>]*>/g, " ");
  return text.replace(/\s+/g, " ").trim();
}
