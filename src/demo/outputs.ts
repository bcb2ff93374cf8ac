/** What a cell has shown, as HTML. Styles and scripts of figures are taken out: a page holds each of them once. */
import { escapeHtml, scriptJson } from "../lab/browser";
import { markdownHtml } from "./markdown";
import { textOf, type Output } from "./notebook";

/** What the outputs of a page share. */
export interface Gathered {
  /** The rules of the figures' kinds. */
  readonly styles: Set<string>;
  /** In order; each finds its own figure in the page. */
  readonly scripts: Set<string>;
}

export const gathered = (): Gathered => ({ styles: new Set(), scripts: new Set() });

const PLOTLY = "application/vnd.plotly.v1+json";
const MEASURED = "application/vnd.lab.measured+json";

/** @throws Error for a figure that would load something from elsewhere */
export function outputsHtml(outputs: readonly Output[], into: Gathered): string[] {
  const blocks: string[] = [];
  let rows: string[] = [];
  const endRows = (): void => {
    if (rows.length > 0) blocks.push(block("measured", measuredTable(rows)));
    rows = [];
  };
  for (const output of outputs) {
    const row = "data" in output && output.data[MEASURED] !== undefined && measuredRow(textOf(output.data, "text/html") ?? ""); // prettier-ignore
    if (row) {
      rows.push(row);
      continue;
    }
    endRows();
    const html = outputHtml(output, into);
    if (html) blocks.push(html);
  }
  endRows();
  return blocks;
}

const block = (kind: string, html: string): string => `<div class="block out ${kind}">${html}</div>`;

function outputHtml(output: Output, into: Gathered): string {
  if (output.output_type === "stream")
    return output.text.trim() === "" ? "" : block(`stream ${output.name}`, pre(output.text));
  if (output.output_type === "error") return block("stream stderr", pre(`${output.ename}: ${output.evalue}`));
  const { data } = output;
  const [html, markdown, plain] = ["text/html", "text/markdown", "text/plain"].map((mime) => textOf(data, mime)); // prettier-ignore
  if (data[PLOTLY] !== undefined) return plotHtml(data[PLOTLY], html ?? "", plain ?? "", into);
  if (html !== undefined) return block(/class="tl tl-quiz/.test(html) ? "figure quiz" : "figure", figureHtml(html, into)); // prettier-ignore
  if (markdown !== undefined) return block("prose", markdownHtml(markdown));
  for (const mime of ["image/png", "image/jpeg"]) {
    const image = textOf(data, mime);
    if (image !== undefined)
      return block("figure", `<img src="data:${mime};base64,${image.replace(/\s/g, "")}" alt="${escapeHtml(plain ?? "")}">`); // prettier-ignore
  }
  return plain === undefined ? "" : block("stream", pre(plain));
}

/**
 * A plot is first the picture that the notebook keeps beside it; the page's script draws the live one over it when it
 * comes near. Paper, and a browser without script, keep the picture.
 */
function plotHtml(figure: unknown, picture: string, text: string, into: Gathered): string {
  const { title, height } = layoutOf(figure);
  return (
    `<div class="block out figure plot" role="group" aria-label="${escapeHtml(title)}" style="--height:${height}px">` +
    `<p class="plot-title">${escapeHtml(title)}</p>` +
    `<div class="picture">${figureHtml(picture, into) || pre(text)}</div>` +
    `<script type="application/json">${scriptJson(figure)}</script></div>`
  );
}

function layoutOf(figure: unknown): { title: string; height: number } {
  const { layout } = figure as { layout?: { title?: { text?: string }; height?: number } };
  const title = (layout?.title?.text ?? "Plot")
    .replace(/<[^>]*>/g, " ")
    .replace(/&lt;/g, "<")
    .replace(/&gt;/g, ">")
    .replace(/&amp;/g, "&");
  return { title, height: layout?.height ?? 440 };
}

/** The figure's markup alone. */
export function figureHtml(html: string, into: Gathered): string {
  return html
    .replace(/<style>([\s\S]*?)<\/style>/g, (_all, css: string) => {
      into.styles.add(css);
      return "";
    })
    .replace(/<script([^>]*)>([\s\S]*?)<\/script>/g, (_all, attributes: string, code: string) => {
      if (/\bsrc=/.test(attributes))
        throw new Error("A figure loads a script from elsewhere. Cure: keep the script in the figure.");
      into.scripts.add(code);
      return "";
    });
}

/** The cells of a measured number, which has a table of its own in the notebook. */
function measuredRow(html: string): string | undefined {
  const cells = /<tbody><tr>([\s\S]*?)<\/tr><\/tbody>/.exec(html)?.[1];
  if (cells === undefined) return undefined;
  const marked = cells
    .replace(/ style="[^"]*"/g, "")
    .replace(/^<td>([\s\S]*?)<\/td>/, `<th scope="row">$1</th>`);
  return `<tr class="${/out of band/.test(cells) ? "bad" : "good"}">${marked}</tr>`;
}

const measuredTable = (rows: readonly string[]): string =>
  `<div class="wide" role="group" aria-label="Measured numbers"><table><thead><tr>` +
  ["number", "measured", "band", "reference", "in band?"]
    .map((name) => `<th scope="col">${name}</th>`)
    .join("") +
  `</tr></thead><tbody>${rows.join("")}</tbody></table></div>`;

// eslint-disable-next-line no-control-regex -- terminals' colours begin with ESC
const ANSI = /\x1b\[[0-9;]*[A-Za-z]/g;

const pre = (text: string): string =>
  `<pre role="group" aria-label="Output">${escapeHtml(text.replace(ANSI, "").trimEnd())}</pre>`;
