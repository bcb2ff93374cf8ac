import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";
import { buildLive, liveWidgets } from "../../src/demo/live";
import { firstAnswer } from "../../src/demo/live/node/build";
import { nodeFiles } from "../../src/demo/live/node/files";
import { isMissing } from "../../src/demo/live/node/minilm";
import type { LiveDetail } from "../../src/demo/live/page/mount";
import { firstInput, type Input, unwatched } from "../../src/demo/live/widget";
import { widgets } from "../../src/demo/live/widgets";
import { useEngine } from "../../src/engine";
import { findBrowser, root, screenshots } from "../browser/lab";
import { skipLoudly } from "../helpers/skip";

/** A page of the site as the contract has it, with the colours of its theme. */
async function pageHtml(): Promise<string> {
  const colours = (all: string) => `:root{${all};--mono:monospace}`;
  const light = "--page:#fff;--ink:#1b1f24;--soft:#57606a;--line:#c8d0d8;--accent:#0069a8;--tint:#f4f6f8;--good:#00704f;--bad:#b8400a"; // prettier-ignore
  const dark = "--page:#16191d;--ink:#eceff2;--soft:#a9b4bf;--line:#3c444c;--accent:#6cc3f2;--tint:#20252b;--good:#3fd0a4;--bad:#ff9a66"; // prettier-ignore
  const sections: string[] = [];
  for (const { id, title, cached } of liveWidgets)
    sections.push(
      `<section class="live" data-live="${id}" aria-labelledby="h-${id}"><h2 id="h-${id}">${title}</h2>${await cached(root)}</section>`,
    );
  return (
    `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Live</title><style>${colours(light)}` +
    `@media(prefers-color-scheme:dark){${colours(dark)}}body{background:var(--page);color:var(--ink);font:18px sans-serif}</style></head>` +
    `<body><main><h1>Live</h1>${sections.join("\n")}</main><script src="../assets/live.js" defer></script></body></html>`
  );
}

type Seen = LiveDetail & { readonly id: string };
declare const answers: Seen[];

const near = (a: readonly number[], b: readonly number[], what: string): void => {
  assert.equal(a.length, b.length, what);
  const worst = Math.max(0, ...a.map((x, i) => Math.abs(x - (b[i] as number))));
  assert.ok(worst <= 1e-4, `${what}: page and Node differ by ${worst}`);
};

describe("models in a page from disk, in a real Chromium", function () {
  this.timeout(300_000);
  let browser: Browser | undefined;
  let page: Page;
  let site: string;
  const faults: string[] = [];

  before(async function () {
    const found = await findBrowser();
    if (!("path" in found)) skipLoudly(this, found.reason, { failInCI: true });
    await useEngine();
    site = mkdtempSync(join(tmpdir(), "lab-live-"));
    await buildLive(root, site);
    mkdirSync(join(site, "pages"));
    writeFileSync(join(site, "pages", "all.html"), await pageHtml());
    const args = ["--disable-gpu", "--disable-dev-shm-usage"];
    browser = await chromium.launch({ executablePath: found.path, args, chromiumSandbox: false });
    page = await open(browser);
  });
  after(async () => {
    await browser?.close();
    if (site) rmSync(site, { recursive: true, force: true });
  });
  afterEach(() => assert.deepEqual(faults.splice(0), [], "the page has faults"));

  const address = (): string => pathToFileURL(join(site, "pages", "all.html")).href;

  async function open(from: Browser): Promise<Page> {
    const context = await from.newContext({ viewport: { width: 1024, height: 768 } });
    const made = await context.newPage();
    made.on("pageerror", (error) => faults.push(String(error)));
    made.on("console", (message) => message.type() === "error" && faults.push(message.text()));
    made.on("request", (request) => {
      if (!/^(file|data|blob):/.test(request.url())) faults.push(`asks the network: ${request.url()}`);
    });
    await made.addInitScript(() => {
      Object.assign(globalThis, { answers: [] });
      document.addEventListener("live", (event) => {
        const { detail, target } = event as CustomEvent<object>;
        answers.push({ id: (target as HTMLElement).dataset["live"], ...detail } as Seen);
      });
    });
    await made.goto(address());
    return made;
  }

  const section = (id: string) => page.locator(`[data-live="${id}"]`);
  const field = (id: string, name: string) => section(id).locator(`[name="${name}"]`);
  const said = (id: string) => section(id).locator(".live-say");

  /** Does something, and returns the widget's next whole answer. */
  async function next(id: string, act: () => Promise<unknown>): Promise<Seen> {
    const before = await page.evaluate((of) => answers.filter((each) => each.id === of).length, id);
    await act();
    return answerOf(id, before + 1);
  }

  /** The newest whole answer of a widget, once it has given so many. */
  async function answerOf(id: string, least: number): Promise<Seen> {
    const enough = ([of, n]: readonly [string, number]) =>
      answers.filter((each) => each.id === of).length >= n;
    await page.waitForFunction(enough, [id, least] as const, { timeout: 60_000 });
    return page.evaluate((of) => answers.filter((each) => each.id === of).at(-1) as Seen, id);
  }

  /** Starts a widget as its kind does: when it comes into sight, or by its button. The first one begins by itself. */
  async function start(id: string): Promise<Seen> {
    await section(id).scrollIntoViewIfNeeded();
    if (widgets.find((each) => each.id === id)?.heavy) {
      await section(id).locator(".live-start").focus();
      await page.keyboard.press("Enter");
    }
    return answerOf(id, 1);
  }

  async function inNode(id: string, changed: Input, action = ""): Promise<readonly number[]> {
    const widget = widgets.find((each) => each.id === id)!;
    const session = await widget.open(nodeFiles(root));
    try {
      return (await session.answer({ ...firstInput(widget), ...changed }, { ...unwatched, action })).numbers;
    } finally {
      session.dispose();
    }
  }

  it("without script the first answers can be read, and nothing asks for a click", async () => {
    const there = await (await browser!.newContext({ javaScriptEnabled: false })).newPage();
    await there.goto(address());
    assert.equal(await there.locator(".live-form:visible, .live-start:visible").count(), 0);
    for (const text of await there.locator(".live-say").allTextContents()) assert.ok(text.length > 20, text);
    assert.ok((await there.locator(".live-out").first().textContent())!.includes("WordPiece of MiniLM"));
    await there.context().close();
  });

  for (const widget of widgets)
    it(`${widget.id}: starts on wasm, and says what Node says`, async function () {
      let expected: readonly number[];
      try {
        expected = (await firstAnswer(widget, root)).numbers;
      } catch (error) {
        if (isMissing(error)) skipLoudly(this, error.message);
        throw error;
      }
      const { engine, answer, ms } = await start(widget.id);
      assert.equal(engine, "wasm");
      near(answer.numbers, expected, widget.id);
      assert.ok(ms < 30_000, `${ms} ms`);
      assert.equal(await said(widget.id).textContent(), answer.say);
      assert.match(
        (await section(widget.id).locator(".live-state").textContent())!,
        /in this page: wasm, [\d.]+ ms/,
      );
    });

  it("the audience's own text is cut, and runs nothing", async () => {
    const text = `<img src=x onerror="alert(1)"> naïve`;
    const { answer } = await next("live-tokens", () => field("live-tokens", "text").fill(text));
    near(answer.numbers, await inNode("live-tokens", { text }), "tokens");
    assert.equal(await section("live-tokens").locator(".live-out img").count(), 0);
    // The figure's own script runs: its tokens are walked with the arrow keys.
    await section("live-tokens").locator(".tl-tokens[data-on]").waitFor();
    await section("live-tokens").locator(".tl-line span").first().focus();
    await page.keyboard.press("ArrowRight");
    assert.match((await section("live-tokens").locator(".tl-detail").textContent())!, /^Token 2 of/);
  });

  it("sliders change the next character's distribution by keyboard, as in Node", async () => {
    const id = "live-next";
    const text = "JULIET:\nO ";
    await next(id, () => field(id, "text").fill(text));
    await field(id, "k").focus();
    let last: Seen | undefined;
    for (let k = 1; k <= 3; k++) last = await next(id, () => page.keyboard.press("ArrowRight"));
    assert.equal(await field(id, "k").locator("xpath=../output").textContent(), "3");
    near(last!.answer.numbers, await inNode(id, { text, k: "3" }), "top-k 3");
    assert.ok(last!.answer.numbers.filter((p) => p > 0).length <= 3);
  });

  it("writes on token by token, the same text as Node for a seed; Stop ends it", async () => {
    const id = "live-next";
    const input = { text: "JULIET:\nO ", k: "3", seed: "2" };
    await next(id, () => field(id, "seed").fill("2"));
    const write = section(id).getByRole("button", { name: "Write on" });
    const { answer } = await next(id, async () => {
      await write.focus();
      await page.keyboard.press("Enter");
      await page.waitForFunction(() => {
        const { length } = document.querySelector('[data-live="live-next"] mark')?.textContent ?? "";
        return length > 0 && length < 40;
      });
    });
    assert.deepEqual(answer.numbers, await inNode(id, input, "write"));
    assert.equal(answer.numbers.length, 80);
    await next(id, () => field(id, "pause").fill("100"));
    const cut = await next(id, async () => {
      await write.click();
      await section(id).locator("mark").waitFor();
      await section(id).getByRole("button", { name: "Stop" }).click();
    });
    assert.ok(cut.answer.numbers.length < 30, `${cut.answer.numbers.length} characters after Stop`);
    assert.deepEqual(cut.answer.numbers, answer.numbers.slice(0, cut.answer.numbers.length));
  });

  it("no answer: an empty text, one that is too long, characters and sums that no model knows", async () => {
    const messages: [string, string, string, RegExp][] = [
      ["live-next", "text", " ", /There is no text/],
      ["live-next", "text", "a".repeat(200), /200 characters; at most/],
      ["live-next", "text", "Ünder", /never seen “Ü”/],
      ["live-attention", "text", "a".repeat(50), /50 tokens; maps of at most 40/],
      ["live-thought", "problem", "12345+1", /one to four digits/],
    ];
    for (const [id, name, value, message] of messages) {
      await field(id, name).fill(value);
      await said(id).filter({ hasText: message }).waitFor({ timeout: 10_000 });
      assert.ok(await said(id).evaluate((node) => node.classList.contains("live-wrong")));
    }
    const { answer } = await next("live-thought", () => field("live-thought", "problem").fill("98+76"));
    near(answer.numbers, await inNode("live-thought", { problem: "98+76" }), "98+76");
    assert.match(answer.say, /The truth is 174\. .*On paper: 174 \(right\)/);
    assert.ok(!(await said("live-thought").evaluate((node) => node.classList.contains("live-wrong"))));
  });

  it("layers and heads are chosen by keys", async () => {
    const id = "live-attention";
    await next(id, () => field(id, "text").fill("to be or not to be"));
    await field(id, "head").focus();
    const { answer } = await next(id, () => page.keyboard.press("ArrowRight"));
    assert.match(answer.say, /^Layer 4, head 2 of 6/);
    near(answer.numbers, await inNode(id, { text: "to be or not to be", head: "2" }), "head 2");
  });

  it("the other model is loaded when it is chosen", async function () {
    const id = "live-attention";
    const input = { text: "the cat sat on the mat", model: "minilm", head: "3", layer: "1" };
    let expected: readonly number[];
    try {
      expected = await inNode(id, input);
    } catch (error) {
      if (isMissing(error)) skipLoudly(this, error.message);
      throw error;
    }
    await next(id, () => field(id, "text").fill(input.text));
    await next(id, () => field(id, "model").selectOption("minilm"));
    await next(id, () => field(id, "layer").fill("1"));
    const { answer } = await next(id, () => field(id, "head").fill("3"));
    assert.match(answer.say, /^Layer 1, head 3 of 12/);
    near(answer.numbers, expected, "MiniLM");
    await next(id, () => field(id, "model").selectOption("shakespeare"));
  });

  it("twenty inputs leave no tensor behind", async () => {
    const id = "live-next";
    await field(id, "pause").fill("0");
    const { tensors } = await next(id, () => field(id, "text").fill("KING "));
    const counts = await section(id).evaluate(async (element) => {
      const text = element.querySelector<HTMLTextAreaElement>('[name="text"]')!;
      const found: number[] = [];
      for (let i = 0; i < 20; i++) {
        text.value = `KING ${"of all ".slice(i % 7)}${i}`.replace(/\d/g, "x");
        const whole = new Promise<LiveDetail>(
          (resolve) =>
          element.addEventListener("live", (event) => resolve((event as CustomEvent<LiveDetail>).detail), { once: true }), // prettier-ignore
        );
        text.dispatchEvent(new Event("input", { bubbles: true }));
        found.push((await whole).tensors);
      }
      return found;
    });
    assert.deepEqual(counts, new Array(20).fill(tensors));
    const written = await next(id, () => section(id).getByRole("button", { name: "Write on" }).click());
    assert.equal(written.tensors, tensors);
    const attention = await next("live-attention", () => field("live-attention", "text").fill("so it is"));
    assert.equal(attention.tensors, tensors);
  });

  for (const scheme of ["light", "dark"] as const)
    it(`accessible (axe: WCAG 2.2 A and AA), ${scheme}`, async () => {
      mkdirSync(screenshots, { recursive: true });
      await page.emulateMedia({ colorScheme: scheme });
      await page.evaluate(readFileSync(require.resolve("axe-core/axe.min.js"), "utf8"));
      const violations = await page.evaluate(async () => {
        const { axe } = globalThis as unknown as { axe: typeof import("axe-core") };
        const found = await axe.run();
        return found.violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(" ")).join(", ")}`);
      });
      assert.deepEqual(violations, []);
      await page.screenshot({ path: join(screenshots, `live-${scheme}.png`), fullPage: true });
    });

  it("a data script that is missing is named, with the cure", async () => {
    rmSync(join(site, "assets", "models", "gpt2-bpe.js"));
    const other = await open(browser!);
    await other.locator('[data-live="live-tokens"] .live-say.live-wrong').waitFor();
    assert.match((await other.locator('[data-live="live-tokens"] .live-say').textContent())!, /models\/gpt2-bpe\.js is missing.*lab demo/); // prettier-ignore
    await other.context().close();
    faults.splice(0); // which the browser and the page rightly report
  });

  it("the program stays small", () => {
    const { size } = statSync(join(site, "assets", "live.js"));
    assert.ok(size < 1_350_000, `${size} bytes`);
  });
});
