/** Code of cells: coloured when the site is built, and folded where it would stand between reader and result. */
import hljs from "highlight.js/lib/core";
import bash from "highlight.js/lib/languages/bash";
import json from "highlight.js/lib/languages/json";
import typescript from "highlight.js/lib/languages/typescript";
import { escapeHtml } from "../lab/browser";

for (const [name, language] of Object.entries({ typescript, bash, json }))
  hljs.registerLanguage(name, language);

const aliases: Readonly<Record<string, string>> = { ts: "typescript", sh: "bash", js: "typescript" };

/** HTML of the code, with classes hljs-*; a language that is not known stays plain. */
export function highlight(code: string, language = "typescript"): string {
  const name = aliases[language] ?? language;
  return hljs.getLanguage(name) ? hljs.highlight(code, { language: name }).value : escapeHtml(code);
}

/** Longer cells are folded: the first thing to see is what they made. */
const SHOWN_LINES = 12;

/** A cell of code as an element that folds. */
export function codeHtml(written: string): string {
  const source = written.replace(/ *\/\/ prettier-ignore$/gm, ""); // says nothing to a reader
  const lines = source.split("\n").length;
  const open = !isQuiz(source) && !isSetup(source) && lines <= SHOWN_LINES;
  const what = isQuiz(source) ? "Code of the question" : isSetup(source) ? "Imports" : "Code";
  return (
    `<details class="block code"${open ? " open" : ""}><summary>${what} <span class="soft">${lines === 1 ? "1 line" : `${lines} lines`}</span></summary>` +
    `<pre role="group" aria-label="Code"><code>${highlight(source)}</code></pre></details>`
  );
}

/** The code of a quiz holds its answer. */
const isQuiz = (source: string): boolean => /^\s*show\(\s*quiz\(/.test(source);

/** Nothing but imports, and at most a line or two that follow from them. */
const isSetup = (source: string): boolean =>
  /^import /.test(source) && source.replace(/^import [\s\S]*?from "[^"]*";\n?/gm, "").trim().split("\n").length <= 3 && !/await check\(/.test(source); // prettier-ignore
