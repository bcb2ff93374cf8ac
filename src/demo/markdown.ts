/** Markdown as the notebook shows it, but set when the site is built: the page needs no script for a formula. */
import katexPlugin from "@vscode/markdown-it-katex";
import MarkdownIt from "markdown-it";
import { highlight } from "./code";

/** One element of the top level. */
export interface Element {
  /** 1 to 6 for a heading. */
  readonly level?: number;
  /** A heading's own text, without marks. */
  readonly title?: string;
  /** A heading's inner HTML, or the whole element. */
  readonly html: string;
  readonly list?: boolean;
}

const md = new MarkdownIt({ html: false, linkify: false, typographer: false, highlight }).use(katexPlugin, {
  throwOnError: false,
  output: "htmlAndMathml",
});

// A table or a formula wider than a telephone scrolls by itself, and by keyboard; the page does not.
md.renderer.rules.table_open = () => `<div class="wide" role="group" aria-label="Table"><table>`;
md.renderer.rules.table_close = () => "</table></div>";
const mathBlock = md.renderer.rules.math_block!;
md.renderer.rules.math_block = (...args) => `<div class="formula">${mathBlock(...args)}</div>`;
md.renderer.rules.fence = (tokens, i) =>
  `<pre class="wide"><code>${highlight(tokens[i]!.content, tokens[i]!.info.trim())}</code></pre>`;
// Links to other chapters lead to their pages; what the site does not have is the repository's, and stays a name.
md.renderer.rules.link_open = (tokens, i, options, _env, self) => {
  const token = tokens[i]!;
  const chapter = /(?:^|\/)(\d\d-[\w-]+)\.ipynb(#.*)?$/.exec(token.attrGet("href") ?? "");
  if (chapter) token.attrSet("href", `${chapter[1]}.html${chapter[2] ?? ""}`);
  else if (/^https?:/.test(token.attrGet("href") ?? "")) token.attrSet("rel", "noreferrer");
  return self.renderToken(tokens, i, options);
};

/** The elements of the top level, in order. Raw HTML in the source is shown as text. */
export function markdownElements(source: string): Element[] {
  const env = {};
  const tokens = md.parse(source, env);
  const elements: Element[] = [];
  for (let from = 0; from < tokens.length;) {
    let to = from;
    for (let depth = 0; to < tokens.length; to++) {
      depth += tokens[to]!.nesting;
      if (depth === 0) break;
    }
    const group = tokens.slice(from, to + 1);
    const [first, inline] = group;
    if (first!.type === "heading_open")
      elements.push({
        level: Number(first!.tag.slice(1)),
        title: plainText(inline!),
        html: md.renderer.renderInline(inline!.children ?? [], md.options, env),
      });
    else
      elements.push({
        html: md.renderer.render(group, md.options, env),
        ...(/^(bullet|ordered)_list_open$/.test(first!.type) && { list: true }),
      });
    from = to + 1;
  }
  return elements;
}

/** The whole text as HTML. */
export const markdownHtml = (source: string): string => md.render(source);

/** A heading's text without its marks, by which it is found. */
export const plainTitle = (heading: string): string =>
  markdownElements(`# ${heading.trim()}`)[0]?.title ?? "";

type Token = ReturnType<typeof md.parse>[number];

const plainText = (inline: Token): string =>
  (inline.children ?? [])
    .map(({ type, content }) =>
      /^(text|code_inline|math_inline)$/.test(type) ? content : type === "softbreak" ? " " : "",
    ) // prettier-ignore
    .join("");

/** A heading's address in its page: letters and digits joined by "-". `taken` grows by it. */
export function slug(title: string, taken: Set<string>): string {
  const plain = title.toLowerCase().normalize("NFKD").replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-+|-+$/g, ""); // prettier-ignore
  const base = plain.replace(/^\d+-(?=.)/, "") || "part";
  let name = base;
  for (let n = 2; taken.has(name); n++) name = `${base}-${n}`;
  taken.add(name);
  return name;
}
