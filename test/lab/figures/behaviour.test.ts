import assert from "node:assert/strict";
import * as lab from "../../../src/lab/browser";
import { cut } from "./samples";
import { parseHtml, parseXml } from "./xml";

describe("plots", () => {
  const axes = { title: "t", x: "x", y: "y" };

  it("refuse series whose x and y differ in length, by name", () => {
    assert.throws(
      () => lab.linePlot({ name: "loss", x: [1], y: [1, 2] }, axes),
      new RangeError('Plot "t": series "loss" has 1 x values and 2 y values.'),
    );
    assert.throws(
      () => lab.barPlot(["a"], { name: "n", values: [1, 2] }, { title: "t", value: "v" }),
      /"n" has 2 values for 1 labels/,
    );
    assert.throws(() => lab.heatmap([[1], [1, 2]], axes), /row 1 has 2 values, row 0 has 1/);
  });

  it("thin 50,000 points and say so; the file stays small", () => {
    const y = Float32Array.from({ length: 50_000 }, (_, i) => Math.sin(i / 100) + Math.sin(i * 7.7) / 5);
    const { svg = "", text, plotly } = lab.linePlot({ name: "loss", y }, axes);
    assert.match(text, /2,000 of 50,000 points drawn/);
    assert.match(svg, /2,000 of 50,000 points drawn/);
    assert.ok(svg.length < 40_000 && JSON.stringify(plotly).length < 60_000);
  });

  it("break a line at what is not a number, and count it", () => {
    const { svg = "", text, plotly } = lab.linePlot({ name: "loss", y: [1, 2, NaN, 3, 4] }, axes);
    assert.equal(svg.match(/<path [^>]*fill="none"/g)?.length, 2);
    assert.match(text, /1 of 5 points cannot be drawn/);
    assert.deepEqual(plotly?.data[0]?.["y"], [1, 2, null, 3, 4]);
  });

  it("put points where their values say", () => {
    const { svg = "" } = lab.linePlot({ name: "a", x: [0, 50, 100], y: [0, 5, 10] }, axes);
    const marks = parseXml(svg)
      .tags.filter((tag) => tag.name === "circle")
      .map((tag) => [Number(tag.attributes["cx"]), Number(tag.attributes["cy"])]);
    const [first = [], middle = [], last = []] = marks;
    assert.ok(Math.abs((first[0] ?? 0) + (last[0] ?? 0) - 2 * (middle[0] ?? 0)) < 0.2);
    assert.ok(Math.abs((first[1] ?? 0) + (last[1] ?? 0) - 2 * (middle[1] ?? 0)) < 0.2);
    assert.ok((last[1] ?? 0) < (first[1] ?? 0), "larger values stand higher");
  });

  it("draw bars whose lengths are in the ratio of their values", () => {
    const { svg = "" } = lab.barPlot(["a", "b"], { name: "n", values: [10, 40] }, { title: "t", value: "v" });
    const [a = 0, b = 0] = parseXml(svg)
      .tags.filter((t) => t.name === "rect")
      .slice(1)
      .map((t) => Number(t.attributes["width"]));
    assert.ok(Math.abs(b / a - 4) < 0.01, `${b} / ${a}`);
  });

  it("draw an interval from its low to its high end, and none where it has none", () => {
    const series = { name: "n", x: [0, 1], y: [2, 4], low: [0, NaN], high: [3, NaN] };
    const {
      svg = "",
      text,
      plotly,
    } = lab.linePlot(series, { ...axes, references: [{ value: 6, label: "top" }] });
    const [whisker = "", ...more] = [...svg.matchAll(/<path d="M[\d.]+ ([\d.]+)V([\d.]+)M/g)];
    assert.deepEqual(more, []);
    const [low, high, dot] = [...whisker.slice(1), /cy="([\d.]+)"/.exec(svg)?.[1]].map(Number) as [
      number,
      number,
      number,
    ];
    assert.ok(Math.abs((low - dot) / (dot - high) - 2) < 0.05, `${low} ${dot} ${high}`);
    assert.match(text, /intervals 0 to 3, none/);
    const bars = plotly?.data[0]?.["error_y"] as { array: unknown; arrayminus: unknown };
    assert.deepEqual([bars.array, bars.arrayminus], [[1, null], [2, null]]); // prettier-ignore
  });

  it("refuse intervals with an end missing, or of another length", () => {
    const whole = { name: "acc", y: [1, 2], low: [0, 1], high: [2, 3] };
    for (const odd of [
      { ...whole, low: [0] },
      { name: "acc", y: [1, 2], low: [0, 1] },
    ])
      assert.throws(() => lab.linePlot(odd, axes), /"acc" has 2 y values, [12] low ends and [02] high ends/);
    const bar = { name: "n", values: [1], low: [0], high: [2] };
    const refused =
      (one: lab.BarSeries): (() => void) =>
      () =>
        lab.barPlot(["a"], one, { title: "t", value: "v" });
    assert.throws(refused({ ...bar, high: [1, 2] }), /"n" has 2 values for 1 labels/);
    assert.throws(refused({ name: "n", values: [1], low: [0] }), /"n" has one end of its intervals/);
  });

  it("draw the interval of a bar to its high end", () => {
    const bar = { name: "n", values: [10], low: [5], high: [20] };
    const { svg = "", text } = lab.barPlot(["a"], bar, { title: "t", value: "v" });
    const width = Number(parseXml(svg).tags.filter((t) => t.name === "rect")[1]?.attributes["width"]);
    const [, from = 0, to = 0] = (/<path class="tl-ref" d="M([\d.]+) [\d.]+H([\d.]+)/.exec(svg) ?? []).map(
      Number,
    );
    assert.ok(Math.abs((to - from) / width - 1.5) < 0.02, `${from} ${to} ${width}`);
    assert.match(text, /10 \(5 to 20\)/);
  });

  it("cut a long list of bars, and say so", () => {
    const labels = Array.from({ length: 90 }, (_, i) => `b${i}`);
    const { text } = lab.barPlot(
      labels,
      { name: "n", values: labels.map((_, i) => i) },
      { title: "t", value: "v" },
    );
    assert.match(text, /first 40 of 90 shown/);
  });

  it("make room in Plotly for a legend of several rows, and break long labels into two lines", () => {
    const layoutOf = (names: readonly string[], label = "a") =>
      lab.barPlot(
        [label],
        names.map((name) => ({ name, values: [1] })),
        { title: "t", value: "v" },
      ).plotly?.layout as { height: number; margin: { t: number }; yaxis: { ticktext: string[] } };
    const short = layoutOf(["first", "second", "third"]);
    const long = layoutOf([
      "induction, to what followed it",
      "the token before, whatever it is",
      "none of both",
    ]);
    assert.ok(long.margin.t >= short.margin.t + 22);
    assert.equal(long.height - short.height, long.margin.t - short.margin.t); // the plot keeps its height
    const [text = ""] = layoutOf(["n"], "some words, ".repeat(12)).yaxis.ticktext;
    const lines = text.split("<br>");
    assert.ok(lines.length === 2 && lines.every((line) => line.length <= 36) && text.endsWith("…"), text);
    // The break is ours alone: one in the text stays text.
    assert.deepEqual(layoutOf(["n"], "a<br>b").yaxis.ticktext, ["a&lt;br&gt;b"]);
  });

  it("draw a large matrix as means of blocks", () => {
    const rows = Array.from({ length: 128 }, (_, r) => Array.from({ length: 128 }, (_, c) => r + c));
    const z = lab.heatmap(rows, axes).plotly?.data[0]?.["z"] as number[][];
    assert.equal(z.length, 64);
    assert.equal(z[0]?.[0], 1); // mean of 0, 1, 1, 2
  });

  it("show on the curve what was measured: tokens per 1,000 characters, and vocabulary times width", () => {
    const points = [
      { name: "BPE", vocabSize: 1000, tokens: 250, characters: 1000 },
      { name: "BPE", vocabSize: 500, tokens: 400, characters: 1000 },
    ];
    const { plotly } = lab.vocabularyCurve(points, { width: 768 });
    assert.deepEqual(
      plotly?.data.map((trace) => [trace["x"], trace["y"]]),
      [
        [
          [500, 1000],
          [400, 250],
        ],
        [
          [500, 1000],
          [0.384, 0.768],
        ],
      ],
    );
  });
});

describe("table", () => {
  it("marks the best of a column, once, and nothing where all are equal", () => {
    const rows = [
      { a: 1, b: 5 },
      { a: 3, b: 5 },
      { a: NaN, b: 5 },
    ];
    const { text, html = "" } = lab.table(rows, { best: { a: "high", b: "low" } });
    assert.equal(text.match(/\*/g)?.length, 1);
    assert.match(text, /3 \*/);
    assert.equal(html.match(/★/g)?.length, 1);
  });

  it("cuts a long table and says so", () => {
    assert.match(
      lab.table(Array.from({ length: 1234 }, (_, i) => ({ i }))).text,
      /first 200 of 1,234 rows shown/,
    );
  });
});

describe("tokenFigure", () => {
  it("gives every token its id and says what part of the text it stands for", () => {
    const { html = "" } = lab.tokenFigure({ name: "x", text: "ab c", pieces: cut("ab c", [2, 2], 7) });
    const titles = parseHtml(html)
      .tags.filter((t) => t.name === "span" && t.attributes["title"])
      .map((t) => t.attributes["title"]);
    assert.deepEqual(titles, ["id 7: token “ab”", "id 44: token “·c”"]);
  });

  it("shows bytes for a part of a character, the name of a special token, and what an unknown stands for", () => {
    const { text, html = "" } = lab.tokenFigure({
      name: "x",
      text: "é☃##",
      pieces: [
        { id: 1, token: "<0xC3>", start: 0, end: 0 },
        { id: 2, token: "<0xA9>", start: 0, end: 1 },
        { id: 3, token: "[UNK]", start: 1, end: 2 },
        { id: 4, token: "####", start: 2, end: 4 },
      ],
      special: { "[UNK]": 3 },
    });
    assert.match(text, /<0xC3> \| <0xA9> \| \[UNK\] \| ##$/m);
    assert.match(html, /id 3: token “\[UNK\]”, for the text “☃”/);
    assert.equal(html.match(/class="tl-special"/g)?.length, 1);
  });

  it("leaves text that only looks like bytes or like a special token as text", () => {
    const text = "<0xC3>[UNK]";
    const { text: shown, html = "" } = lab.tokenFigure({
      name: "x",
      text,
      pieces: cut(text, [6, 5]),
      special: { "[UNK]": 3 },
    });
    assert.match(shown, /<0xC3> \| \[UNK\]$/m);
    assert.doesNotMatch(html, /class="tl-special"/);
  });

  it("draws the first 2,000 of 310,000 tokens and says so", () => {
    const text = "a".repeat(310_000);
    const { html = "", text: plainText } = lab.tokenFigure({
      name: "x",
      text,
      pieces: cut(
        text,
        Array.from(text, () => 1),
      ),
    });
    assert.match(html, /first 2,000 tokens of 310,000 shown/);
    assert.match(plainText, /first 200 tokens of 310,000 shown/);
    assert.ok(html.length < 400_000, `${html.length}`);
  });

  it("takes its row from a tokenizer", () => {
    const letters: lab.TokenRow = lab.tokenRow("letters", letterTokenizer, "ab");
    assert.deepEqual(letters, {
      name: "letters",
      text: "ab",
      pieces: cut("ab", [1, 1], 0).map((p, i) => ({ ...p, id: i })),
      special: {},
      vocabSize: 26,
    });
  });
});

const letterTokenizer = {
  kind: "char",
  vocabSize: 26,
  special: {},
  encode: (text: string) => Array.from(text, (c) => c.charCodeAt(0) - 97),
  decode: () => "",
  pieces: (text: string) =>
    Array.from(text, (token, start) => ({ id: token.charCodeAt(0) - 97, token, start, end: start + 1 })),
  token: (id: number) => String.fromCharCode(97 + id),
  id: (token: string) => token.charCodeAt(0) - 97,
};

describe("mergesFigure", () => {
  const marked = (html: string): string[][] =>
    html
      .split('<li class="tl-step"')
      .slice(1)
      .map((row) => [...row.matchAll(/<mark[^>]*>([^<]*)</g)].map((m) => m[1] ?? ""));

  it("marks the pair that is merged next, wherever that merge joins it", () => {
    const { html = "", text } = lab.mergesFigure({
      word: "aaab",
      steps: [
        { tokens: ["a", "a", "a", "b"] },
        { tokens: ["aa", "a", "b"], pair: ["a", "a"], rank: 0 },
        { tokens: ["aa", "ab"], pair: ["a", "b"], rank: 3 },
      ],
    });
    assert.deepEqual(marked(html), [["a", "a"], ["a", "b"], []]);
    assert.match(text, /1\. a \| a \| a \| b {3}next: a \+ a → aa \(rank 0\)/);
    assert.match(text, /no learned pair is left: 2 tokens/);
  });

  it("marks one place where a step joins one of two", () => {
    const { html = "" } = lab.mergesFigure({
      word: "abab",
      steps: [{ tokens: ["a", "b", "a", "b"] }, { tokens: ["a", "b", "ab"], pair: ["a", "b"], rank: 0 }],
    });
    assert.equal(marked(html)[0]?.length, 2);
    assert.ok(
      html.indexOf("<mark") > html.indexOf('<span class="tl-piece"'),
      "the second place, not the first",
    );
  });

  it("cuts a long trace and says so", () => {
    const steps = Array.from({ length: 300 }, () => ({ tokens: ["a"] }));
    assert.match(lab.mergesFigure({ word: "a", steps }).text, /first 200 steps of 300 shown/);
  });
});

describe("latticeFigure", () => {
  it("adds up the best path and fills its bars only", () => {
    const { text, svg = "" } = lab.latticeFigure({
      text: "😀b",
      arcs: [
        { piece: "😀", start: 0, end: 2, score: -1.5 },
        { piece: "b", start: 2, end: 3, score: -2 },
        { piece: "😀b", start: 0, end: 3, score: -9 },
      ],
      path: [0, 1],
    });
    assert.match(text, /best path: 😀 \+ b = −3\.50/);
    assert.equal(svg.match(/class="tl-glow tl-accent"/g)?.length, 2);
    assert.equal(svg.match(/class="tl-tint tl-axis"/g)?.length, 1);
  });
});

describe("quiz", () => {
  const good = { text: "yes", correct: true, why: "so" };
  const faults: [string, lab.Quiz, RegExp][] = [
    [
      "no correct choice",
      {
        question: "q?",
        choices: [
          { text: "a", why: "b" },
          { text: "c", why: "d" },
        ],
      },
      /Quiz "q\?": no choice is marked correct/,
    ],
    [
      "an empty why",
      { question: "q?", choices: [good, { text: "no", why: " " }] },
      /choice B \("no"\) has no "why"/,
    ],
    ["an empty text", { question: "q?", choices: [good, { text: "", why: "x" }] }, /choice B has no text/],
    ["one choice", { question: "q?", choices: [good] }, /at least two choices, it has 1/],
    [
      "the same choice twice",
      { question: "q?", choices: [good, { text: "yes ", why: "x" }] },
      /stands there twice/,
    ],
    ["no question", { question: " ", choices: [good, { text: "no", why: "x" }] }, /the question is empty/],
  ];
  for (const [name, spec, message] of faults)
    it(`refuses ${name}`, () => assert.throws(() => lab.quiz(spec), message));

  it("says how many choices are right where several are", () => {
    assert.match(
      lab.quiz({ question: "q?", choices: [good, { ...good, text: "also" }] }).html ?? "",
      /2 choices are right/,
    );
  });
});

describe("reportFigure", () => {
  it("an exercise nobody has begun lists its checks and says once that it is not written", () => {
    const message = "Not implemented yet: countPairs";
    const checks = ["by hand", "random"].map(
      (id) => ({ id, title: id, state: "todo", score: 0, max: 2, message }) as const,
    );
    const { html = "", text } = lab.reportFigure({ title: "t", score: 0, max: 4, state: "todo", checks });
    assert.ok(html.includes("by hand") && html.includes("random"));
    assert.ok(!html.includes(message) && !text.includes(message));
  });

  const checks = (Object.keys(lab.checkStates) as lab.CheckState[]).map((state) => ({
    id: state,
    title: state,
    state,
    score: 0,
    max: 1,
    message: "",
  }));

  it("has a sign and words for every state", () => {
    const { text } = lab.reportFigure({ title: "t", score: 0, max: 7, state: "fail", checks });
    for (const { sign, word } of Object.values(lab.checkStates))
      assert.ok(text.includes(sign) && text.includes(word));
  });

  it("says so where no check ran", () => {
    const { html = "" } = lab.reportFigure({ title: "t", score: 0, max: 0, state: "error", checks: [] });
    assert.match(html, /No check ran/);
  });
});
