import assert from "node:assert/strict";
import fc from "fast-check";
import type { Figure } from "../../../src/lab/figure";
import * as lab from "../../../src/lab/browser";
import { escapeHtml, escapeLine, plain, scriptJson, shorten, visible } from "../../../src/lab/figures/escape";
import { cut, hostile } from "./samples";
import { parseHtml, parseXml } from "./xml";

/** Every figure with the hostile text wherever a text can stand. */
const attacked = (h: string): Record<string, Figure> => ({
  line: lab.linePlot(
    [
      { name: h, y: [1, 2] },
      { name: `${h}2`, y: [2, 1] },
    ],
    {
      title: h,
      x: h,
      y: h,
      references: [
        { value: 1, label: h },
        { axis: "x", value: 1, label: h },
      ],
    },
  ),
  scatter: lab.scatterPlot({ name: h, x: [1], y: [2], labels: [h] }, { title: h, x: h, y: h }),
  bars: lab.barPlot(
    [h],
    [
      { name: h, values: [3] },
      { name: h, values: [1] },
    ],
    { title: h, value: h },
  ),
  heat: lab.heatmap([[1]], { title: h, x: h, y: h, xLabels: [h], yLabels: [h], value: h }),
  table: lab.table([{ [h]: h, [`${h}2`]: 1 }], { title: h }),
  tokens: lab.tokenFigure(
    { name: h, text: h, pieces: cut(h, [3, h.length - 3]), special: { [h.slice(0, 3)]: 100 } },
    { title: h },
  ),
  merges: lab.mergesFigure({
    word: h,
    steps: [{ tokens: [h, h] }, { tokens: [h + h], pair: [h, h], rank: 1 }],
  }),
  training: lab.trainingFigure([{ pair: [h, h], count: 3, newToken: h }], { title: h }),
  curve: lab.vocabularyCurve([{ name: h, vocabSize: 9, tokens: 5, characters: 9 }], {
    title: h,
    width: 4,
    marks: { [h]: 9 },
  }),
  lattice: lab.latticeFigure({
    text: h,
    arcs: [{ piece: h, start: 0, end: h.length, score: -1 }],
    path: [0],
  }),
  attention: lab.attentionFigure({ tokens: [h], q: [[1]], k: [[1]], v: [[1]], title: h }),
  cloud: lab.cloudFigure([{ name: h, points: [{ label: h, x: 1, y: 2, z: 3 }] }], {
    title: h,
    lines: [[h, h]],
    note: h,
  }),
  angle: lab.angleFigure({ title: h }),
  rotation: lab.rotationFigure({ q: [1, 0], k: [0, 1], title: h }),
  broadcast: lab.broadcastFigure({ a: [[1]], b: [[2]], symbol: h, apply: (a, b) => a * b, title: h }),
  flipbook: lab.flipbook(
    [{ figure: lab.linePlot({ name: h, y: [1, 2] }, { title: h, x: h, y: h }), say: h }],
    {
      title: h,
      what: h,
    },
  ),
  drafts: lab.draftFigure([{ drafted: [h, h], accepted: 1, next: h }], { title: h, prompt: h }),
  next: lab.nextTokenFigure([1, 0], { token: () => h, title: h, prompt: h }),
  tree: lab.tokenTreeFigure(
    [{ read: h, nodes: [{ token: h, parent: -1, probability: 0.5, accepted: true }], path: [0] }],
    { title: h },
  ),
  thoughts: lab.thoughtTreeFigure(
    [
      { label: h, parent: -1, kept: true },
      { label: h, move: h, parent: 0, score: 0.5, kept: false, solved: true },
    ],
    { title: h },
  ),
  program: lab.programFigure(`${h}\n%0 = stablehlo.${h} %1 : tensor<2xf32>  // Max`, { title: h }),
  quiz: lab.quiz({
    question: h,
    choices: [
      { text: h, why: h, correct: true },
      { text: `${h}!`, why: h },
    ],
  }),
  report: lab.reportFigure({
    title: h,
    score: 0,
    max: 1,
    state: "fail",
    checks: [{ id: h, title: h, state: "fail", score: 0, max: 1, message: h }],
  }),
});

const htmlTags = new Set(
  (
    "root div p strong span br wbr button label input output ol li mark table thead tbody tr th td code small details " +
    "summary ul pre caption em figure figcaption img"
  ).split(" "),
);
const svgTags = new Set("svg title desc style rect g text line path circle".split(" "));

describe("hostile text in every figure", () => {
  for (const [name, figure] of Object.entries(attacked(hostile))) {
    it(`${name}: becomes neither markup nor script, and stays well-formed`, () => {
      if (figure.svg) {
        for (const tag of parseXml(figure.svg).tags) {
          assert.ok(svgTags.has(tag.name), `<${tag.name}>`);
          assert.ok(!Object.keys(tag.attributes).some((key) => key.startsWith("on")));
        }
      }
      if (figure.html) {
        for (const tag of parseHtml(figure.html).tags) {
          assert.ok(htmlTags.has(tag.name), `<${tag.name}>`);
          if (tag.name === "img") assert.match(String(tag.attributes["src"]), /^data:image\/svg/);
          assert.ok(!Object.keys(tag.attributes).some((key) => key.startsWith("on")));
        }
        assert.ok((figure.html.match(/<script/g) ?? []).length <= 1);
        assert.equal(figure.html.match(/<\/script/g)?.length, figure.html.match(/<script/g)?.length);
      }
      // Plotly reads tags in texts; in its JSON a learner's "<" must be an entity. The line breaks are ours.
      for (const text of strings(figure.plotly)) assert.doesNotMatch(text.replaceAll("<br>", ""), /<(?!U\+)/);
    });

    it(`${name}: the text is safe in a terminal`, () => {
      for (const text of [figure.text, figure.svg ?? "", figure.html ?? ""]) {
        assert.doesNotMatch(text, unsafe);
        assert.equal(Buffer.from(text, "utf8").toString("utf8"), text, "holds a lone surrogate");
      }
    });
  }

  it("empty data draw empty figures, not errors", () => {
    const nothing = { title: "nothing", x: "x", y: "y" };
    for (const figure of [
      lab.linePlot([], nothing),
      lab.linePlot({ name: "none", y: [] }, nothing),
      lab.linePlot({ name: "none", y: [NaN, Infinity] }, { ...nothing, log: "xy" }),
      lab.linePlot({ name: "one", y: [0] }, nothing),
      lab.barPlot([], { name: "none", values: [] }, { title: "nothing", value: "v" }),
      lab.barPlot(["a"], { name: "none", values: [NaN] }, { title: "nothing", value: "v", log: true }),
      lab.heatmap([], nothing),
      lab.table([]),
      lab.tokenFigure({ name: "none", text: "", pieces: [] }),
      lab.tokenFigure([]),
      lab.mergesFigure({ word: "", steps: [] }),
      lab.trainingFigure([]),
      lab.vocabularyCurve([], { width: 1 }),
      lab.latticeFigure({ text: "", arcs: [], path: [] }),
      lab.draftFigure([]),
      lab.draftFigure([{ drafted: [], accepted: 0, next: "" }]),
      lab.tokenTreeFigure([]),
      lab.thoughtTreeFigure([]),
      lab.tokenTreeFigure([{ read: "", nodes: [], path: [] }]),
      lab.nextTokenFigure([0], { token: () => "" }),
      lab.reportFigure({ title: "none", score: 0, max: 0, state: "error", checks: [] }),
    ]) {
      if (figure.svg)
        assert.doesNotMatch(
          parseXml(figure.svg)
            .tags.map((t) => JSON.stringify(t.attributes))
            .join(),
          /NaN|Infinity/,
        );
      if (figure.html) assert.doesNotMatch(parseHtml(figure.html).text, /NaN|undefined/);
    }
  });
});

/** Control characters but tab and line end, direction overrides and isolates, the byte order mark. */
const unsafe = new RegExp("(?![\\t\\n])\\p{Cc}|[\\u202a-\\u202e\\u2066-\\u2069\\ufeff]", "u");

/** Strings a learner's text can end in: every string value of the data and layout, however deep. */
function strings(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (value && typeof value === "object") return Object.values(value).flatMap(strings);
  return [];
}

const anyText = fc.string({
  unit: fc.integer({ min: 0, max: 0x10ffff }).map((c) => String.fromCodePoint(c)),
});

describe("escaping", () => {
  it("any text is well-formed XML, in an element and in an attribute", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const { tags, text: inside } = parseXml(
          `<r a="${escapeLine(text)}" b='${escapeLine(text)}'>${escapeHtml(text)}</r>`,
        );
        assert.equal(tags.length, 1);
        assert.equal(inside, plain(text));
        parseXml(`<r>${escapeHtml(visible(text))}</r>`);
      }),
      { numRuns: 500 },
    );
  });

  it("any data round-trips through an inline script, which it cannot end", () => {
    fc.assert(
      fc.property(fc.oneof(anyText, fc.constant("</script><!--<script>\u2028")), (text) => {
        const json = scriptJson({ text });
        assert.doesNotMatch(json, /[<>&\u2028\u2029]/);
        assert.deepEqual(JSON.parse(json), { text });
      }),
    );
  });

  it("blanks, controls and direction marks become visible", () => {
    assert.equal(visible(" a\t\n\u0000"), "·a→↵␀");
    assert.equal(visible("\u202e\u00a0\u3000"), "<U+202E><U+00A0><U+3000>");
    assert.equal(visible("\ud83d"), "<U+D83D>");
    assert.equal(visible("👩‍🔬 é"), "👩‍🔬·é");
    assert.equal(plain("a\r\nb\rc\u001b[31m"), "a\nb\nc␛[31m");
    assert.equal(plain("\ufffe\ud800x"), "<U+FFFE><U+D800>x");
  });

  it("shortening keeps whole characters", () => {
    assert.equal(shorten("😀😀😀😀", 3), "😀😀…");
    assert.equal(shorten("abc", 3), "abc");
    assert.equal(Array.from(shorten("x".repeat(1e6), 10)).length, 10);
  });
});
