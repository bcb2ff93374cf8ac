import assert from "node:assert/strict";
import { interrupted, stopFlag } from "../../src/lab/interrupt";
import { figureBundle, html, live, markdown, show } from "../../src/lab";
import { inFakeNotebook, printed } from "./notebook";

const PLOTLY = "application/vnd.plotly.v1+json";
const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="4" height="3"/>';

describe("display", () => {
  it("a figure is one output: Plotly, the SVG as an image, and its text", async () => {
    const plotly = {
      data: [{ y: [1, NaN, 2], x: new Float32Array([1, 2]) }],
      layout: { title: { text: "t" } },
    };
    const [one, ...more] = await inFakeNotebook(() => show({ text: "up & <down>", svg, plotly }));
    assert.equal(more.length, 0);
    assert.deepEqual(Object.keys(one!.data), [PLOTLY, "text/html", "text/plain"]);
    assert.deepEqual(one!.data[PLOTLY], {
      data: [{ y: [1, null, 2], x: [1, 2] }],
      layout: { title: { text: "t" } },
    });
    assert.match(String(one!.data["text/html"]), /<img [^>]*alt="up &amp; &lt;down&gt;"/);
    const encoded = /base64,([^"]+)"/.exec(String(one!.data["text/html"]))?.[1] ?? "";
    assert.equal(Buffer.from(encoded, "base64").toString(), svg);
  });

  it("never sends what JupyterLab would draw instead of the plot, or not at all without trust", () => {
    const bundle = figureBundle({ text: "x", svg, html: "<p>x</p>", plotly: { data: [], layout: {} } });
    assert.deepEqual(Object.keys(bundle).sort(), [PLOTLY, "text/html", "text/plain"]);
    assert.equal(bundle["text/html"], "<p>x</p>");
  });

  it("an SVG without its namespace gets it: an image draws nothing otherwise", () => {
    const bundle = figureBundle({ text: "x", svg: "<svg width='1'/>" });
    const encoded = /base64,([^"]+)"/.exec(String(bundle["text/html"]))?.[1] ?? "";
    assert.equal(
      Buffer.from(encoded, "base64").toString(),
      `<svg xmlns="http://www.w3.org/2000/svg" width='1'/>`,
    );
  });

  it("text beyond Latin-1 survives", () => {
    const bundle = figureBundle({ text: "x", svg: `${svg.slice(0, -2)}><text>分词 😀</text></svg>` });
    const encoded = /base64,([^"]+)"/.exec(String(bundle["text/html"]))?.[1] ?? "";
    assert.match(Buffer.from(encoded, "base64").toString(), /分词 😀/);
  });

  it("outside of a notebook the text is printed", () => {
    assert.deepEqual(
      printed(() => {
        show({ text: "the figure", svg });
        html("<style>p{}</style><p>one <b>two</b></p>");
        html("<p>one</p>", "other");
        markdown("# title");
      }),
      ["the figure", "one two", "other", "# title"],
    );
  });

  it("a live output is one display and updates of the same id; figures come as images", async () => {
    const frames = await inFakeNotebook(() => {
      const frame = live();
      frame.text("a");
      frame.show({ text: "b", svg, plotly: { data: [], layout: {} } });
      frame.html("<i>c</i>", "c");
      frame.done();
    });
    assert.deepEqual(
      frames.map(({ update, data }) => [update, data["text/plain"], Object.keys(data).includes(PLOTLY)]),
      [
        [false, "a", false],
        [true, "b", false],
        [true, "c", false],
      ],
    );
    assert.equal(new Set(frames.map(({ id }) => id)).size, 1);
    assert.ok(frames[0]!.id);
  });

  it("where output goes to a file, a live output leaves its last frame only", () => {
    const lines = printed(() => {
      const frame = live();
      frame.text("first");
      frame.svg(svg, "last");
      frame.done();
    });
    assert.deepEqual(lines, process.stdout.isTTY ? [] : ["last"]);
  });
});

describe("interrupts", () => {
  const hooks = globalThis as { labInterrupts?: number; labInterruptsAtStart?: number };
  afterEach(() => {
    delete hooks.labInterrupts;
    delete hooks.labInterruptsAtStart;
  });

  it("a stop flag hears what comes after it was made, not what came before", () => {
    const early = stopFlag();
    hooks.labInterrupts = 1;
    const late = stopFlag();
    assert.deepEqual([early(), late()], [true, false]);
    hooks.labInterrupts = 2;
    assert.deepEqual([early(), late()], [true, true]);
  });

  it("interrupted() speaks of the running cell", () => {
    assert.equal(interrupted(), false);
    hooks.labInterrupts = 3;
    hooks.labInterruptsAtStart = 3;
    assert.equal(interrupted(), false);
    hooks.labInterrupts = 4;
    assert.equal(interrupted(), true);
  });
});
