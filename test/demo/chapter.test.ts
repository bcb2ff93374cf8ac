import assert from "node:assert/strict";
import { chapterDocument, chapterOf, chapterScript, cardOf, parseNotebook, parseNotes } from "../../src/demo";
import type { LiveSection } from "../../src/demo";
import { quiz, table } from "../../src/lab/browser";

interface Cell {
  readonly type?: "code";
  readonly source: string;
  readonly outputs?: readonly object[];
}

/** A notebook's file of these cells. */
const fileOf = (cells: readonly Cell[]): string =>
  JSON.stringify({
    nbformat: 4,
    cells: cells.map(({ type = "markdown", source, outputs = [] }) => ({
      cell_type: type,
      metadata: {},
      source: source.split(/(?<=\n)/),
      ...(type === "code" && { outputs, execution_count: 1 }),
    })),
  });
const shown = (data: object): object => ({ output_type: "display_data", metadata: {}, data });
const chapter = (cells: readonly Cell[], more: { notes?: string; live?: LiveSection[] } = {}) =>
  chapterOf({
    topic: "04-attention",
    notebook: parseNotebook(fileOf([{ source: "# 04 · Attention\n\nTokens *meet*." }, ...cells]), "x.ipynb"),
    ...(more.notes !== undefined && { notes: parseNotes(more.notes, "x.md") }),
    ...(more.live && { live: more.live }),
  });
const body = (cells: readonly Cell[]): string =>
  chapter(cells)
    .parts.flatMap(({ blocks }) => blocks)
    .join("\n");

describe("a chapter of the classroom site", () => {
  it("is cut at headings, also within a cell, and counts its figures", () => {
    const one = chapter([
      { source: "## 1 · Why √D?\n\nText.\n\n### Smaller\n\nMore.\n\n## 2 · `Code` & co\n\nEnd." },
      { type: "code", source: "show(x)", outputs: [shown({ "text/html": table([{ a: 1 }]).html })] },
    ]);
    assert.deepEqual(
      one.parts.map(({ id, level, title, blocks }) => [id, level, title, blocks.length]),
      [
        ["attention", 1, "04 · Attention", 1],
        ["why-d", 2, "1 · Why √D?", 3],
        ["code-co", 2, "2 · Code & co", 3],
      ],
    );
    assert.match(one.parts[1]!.blocks[1]!, /^<h3 class="block" id="smaller">Smaller<\/h3>$/);
    assert.deepEqual(cardOf(one), { id: "04", topic: "04-attention", title: "Attention", summary: "Tokens <em>meet</em>.", sections: 2, figures: 1, minutes: 0, live: 0 }); // prettier-ignore
    assert.throws(() => chapterOf({ topic: "04-a", notebook: parseNotebook(fileOf([{ source: "text" }]), "x") }), /04-a: .*does not begin with a title\. Cure/); // prettier-ignore
  });

  it("formulas are set, in text, in blocks and in tables; a wrong one is marked", () => {
    const html = body([{ source: "Here $x^2$, price \\$5.\nNext:\n$$\\frac{a}{b}$$\n\n| a |\n|---|\n| $\\sqrt D$ |\n\n$\\notacommand{$" }]); // prettier-ignore
    assert.equal(html.match(/class="katex"/g)?.length, 3);
    assert.equal(html.match(/class="katex-display"/g)?.length, 1);
    assert.match(html, /price \$5/);
    assert.match(html, /<div class="wide"[^>]*><table>/);
    assert.match(html, /katex-error/);
  });

  it("raw HTML and unsafe addresses of the text stay text; links to notebooks lead to pages", () => {
    const html = body([{ source: "<script>alert(1)</script> [a](javascript:alert(1)) [b](03-positional-encoding.ipynb#x) `<b>`" }]); // prettier-ignore
    assert.doesNotMatch(html, /<script|href="javascript|<b>/);
    assert.match(html, /href="03-positional-encoding.html#x"/);
  });

  it("code is coloured; a quiz's, imports and long cells are folded", () => {
    const folded = (source: string): boolean => !/<details class="block code" open>/.test(body([{ type: "code", source }])); // prettier-ignore
    assert.equal(folded("const x = 1;"), false);
    assert.equal(folded('show(\n  quiz({ question: "?" }),\n);'), true);
    assert.equal(folded('import { a } from "x";\nimport {\n  b,\n} from "y";\n\nawait useEngine();'), true);
    assert.equal(folded("x;\n".repeat(13)), true);
    assert.match(body([{ type: "code", source: 'const a = "<b>";' }]), /hljs-keyword">const<.*hljs-string">&quot;&lt;b&gt;/); // prettier-ignore
  });

  it("a figure's style and script are kept once, outside of the text; a plot keeps its picture", () => {
    const one = quiz({ question: "q", choices: [{ text: "a", why: "w", correct: true }, { text: "b", why: "w" }] }).html!; // prettier-ignore
    const plot = {
      data: [{ type: "bar", y: [1] }],
      layout: { title: { text: "A &lt; B</script>" }, height: 300 },
    };
    const both = chapter([
      { type: "code", source: "x", outputs: [shown({ "text/html": one }), shown({ "text/html": [one] })] },
      { type: "code", source: "y", outputs: [shown({ "application/vnd.plotly.v1+json": plot, "text/html": `<img alt="p">` })] }, // prettier-ignore
    ]);
    assert.equal(both.styles.size, 1);
    assert.equal(both.scripts.size, 1);
    assert.equal(both.plots, 3);
    const page = chapterDocument(both);
    assert.equal(page.match(/<style>/g)?.length, 1);
    assert.equal(page.match(/tl-quiz"/g)?.length, 2);
    assert.match(page, /aria-label="A &lt; B[^"]*" style="--height:300px"/);
    assert.match(
      page,
      /<div class="picture"><img alt="p"><\/div><script type="application\/json">\{[^<]*<\/script>/,
    );
    assert.match(page, /<script src="04-attention\.js" defer>/);
    assert.equal(page.match(/<script(?! src=| type="application\/json")/g), null, "no script in the text");
    assert.match(chapterScript(both), /^\(function\(\)\{"use strict"/);
    assert.throws(() => body([{ type: "code", source: "", outputs: [shown({ "text/html": `<script src="https://x.example/a.js"></script>` })] }]), /from elsewhere/); // prettier-ignore
  });

  it("measured numbers that follow each other are one table; one out of its band says so", () => {
    const row = (name: string, verdict: string): object =>
      shown({
        "application/vnd.lab.measured+json": { name },
        "text/html": `<table style="border-left:4px solid #2a8f4f"><thead><tr><th style="text-align:left"></th></tr></thead><tbody><tr><td style="text-align:left">${name}</td><td style="text-align:left">1</td><td>0 to 1</td><td></td><td>${verdict}</td></tr></tbody></table>`,
      });
    const outputs = [row("a", "✓ in band"), row("b", "✗ out of band"), { output_type: "stream", name: "stdout", text: "x" }, row("c", "✓ in band")]; // prettier-ignore
    const html = body([{ type: "code", source: "x", outputs }]);
    assert.equal(html.match(/class="block out measured"/g)?.length, 2);
    assert.match(html, /<tr class="good"><th scope="row">a<\/th><td>1<\/td>/);
    assert.match(html, /<tr class="bad"><th scope="row">b</);
  });

  it("streams lose the terminal's colours, errors and plain results are shown, empty ones are not", () => {
    const outputs = [
      { output_type: "stream", name: "stderr", text: ["\u001b[31m<red>\u001b[0m\n"] },
      { output_type: "stream", name: "stdout", text: " \n" },
      { output_type: "error", ename: "RangeError", evalue: "too <far>", traceback: [] },
      { output_type: "execute_result", execution_count: 1, metadata: {}, data: { "text/plain": "42" } },
      shown({ "image/png": "AA\nBB", "text/plain": "a picture" }),
    ];
    const html = body([{ type: "code", source: "x", outputs }]);
    assert.match(html, /stream stderr"><pre[^>]*>&lt;red&gt;<\/pre>/);
    assert.match(html, />RangeError: too &lt;far&gt;</);
    assert.match(html, />42</);
    assert.match(html, /<img src="data:image\/png;base64,AABB" alt="a picture">/);
    assert.equal(html.match(/class="block out/g)?.length, 4);
  });

  it("notes find their headings, with minutes; one without a heading is an error", () => {
    const notes =
      "## 1 · A `b`\n\n*8 minutes.*\n\n- **Say** $x$\n\n## Inner\n\nMore.\n\n## 2 · C\n\nNone planned.\n";
    const one = chapter([{ source: "## 1 · A `b`\n\n### Inner\n\n## 2 · C" }], { notes });
    assert.deepEqual(one.parts.map(({ note }) => note?.minutes), [undefined, 8, undefined]); // prettier-ignore
    assert.match(one.parts[1]!.note!.html, /katex[\s\S]*<h3>Inner<\/h3><p>More/);
    assert.equal(one.minutes, 8);
    assert.match(chapterDocument(one), /data-minutes="8">[\s\S]*<template class="notes">/);
    assert.throws(
      () => chapter([], { notes: "## Nowhere\n\nx" }),
      /"Nowhere" is no heading of the chapter\. Cure/,
    );
    assert.throws(() => parseNotes("text\n## A", "n.md"), /n\.md, line 1: text before the first heading/);
    assert.throws(() => parseNotes("## A\n\n## A", "n.md"), /n\.md, line 3: "A" comes twice/);
  });

  it("a widget stands after the section that it names, else at the end", () => {
    const widget = { id: "w", title: "Next token", intro: "Try **it**.", cached: "<p>first</p>" };
    const cells = [{ source: "## 1 · A `b`\n\nText.\n\n## 2 · C\n\nText." }];
    const [after, end] = [
      chapter(cells, { live: [{ ...widget, after: "1 · A `b`" }] }),
      chapter(cells, { live: [widget] }),
    ];
    assert.deepEqual(after.parts.map(({ id }) => id), ["attention", "a-b", "next-token", "c"]); // prettier-ignore
    assert.deepEqual(end.parts.map(({ id }) => id), ["attention", "a-b", "c", "next-token"]); // prettier-ignore
    const page = chapterDocument(after);
    assert.match(
      page,
      /<section class="block live" data-live="w" aria-labelledby="next-token-title"><div class="live-intro"><p>Try <strong>it/,
    );
    assert.match(page, /<script src="\.\.\/assets\/live\.js" defer>/);
    assert.doesNotMatch(chapterDocument(chapter(cells)), /live\.js/);
    assert.throws(
      () => chapter(cells, { live: [{ ...widget, after: "9 · None" }] }),
      /Widget w: "9 · None" is no heading/,
    );
  });

  it("a file that is no notebook is refused with its place", () => {
    assert.throws(() => parseNotebook("{", "a.ipynb"), /^Error: a\.ipynb is no JSON/);
    assert.throws(
      () => parseNotebook(`{"nbformat":3}`, "a.ipynb"),
      /a\.ipynb is no notebook of nbformat 4: nbformat/,
    );
    assert.throws(() => parseNotebook(`{"nbformat":4,"cells":[{"cell_type":"code","source":"x"}]}`, "a.ipynb"), /cells\.0\.outputs/); // prettier-ignore
  });
});
