import assert from "node:assert/strict";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { quiz, svgImage, table, tokenFigure } from "../../src/lab/browser";
import { hostile, samples } from "../lab/figures/samples";
import { skipLoudly } from "../helpers/skip";
import { findBrowser, root, screenshots } from "./lab";

/** A page with the figures one below the other, each in a section that bears its name. */
function pageOf(names: readonly string[], body = ""): string {
  const sections = names.map((name) => {
    const { html, svg, text } = samples[name]!();
    return `<section data-name="${name}">${html ?? svgImage(svg ?? "", text)}</section>`;
  });
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Figures</title></head><body ${body}><main><h1>Figures</h1>${sections.join("\n")}</main></body></html>`;
}

const all = Object.keys(samples);
const interactive = all.filter((name) => samples[name]!().html);

describe("figures in a real Chromium", function () {
  this.timeout(300_000);
  let browser: Browser | undefined;
  const faults: string[] = [];

  before(async function () {
    const found = await findBrowser();
    if (!("path" in found)) skipLoudly(this, found.reason, { failInCI: true });
    const args = ["--disable-gpu", "--disable-dev-shm-usage"];
    browser = await chromium.launch({ executablePath: found.path, args, chromiumSandbox: false });
    mkdirSync(screenshots, { recursive: true });
  });
  after(async () => browser?.close());
  afterEach(async () => {
    for (const context of browser?.contexts() ?? []) await context.close();
    assert.deepEqual(faults.splice(0), [], "the page has faults");
  });

  async function open(content: string, options: BrowserContextOptions = {}): Promise<Page> {
    const context = await browser!.newContext({ viewport: { width: 1100, height: 800 }, ...options });
    const page = await context.newPage();
    page.on("pageerror", (error) => faults.push(String(error)));
    page.on("console", (message) => message.type() === "error" && faults.push(message.text()));
    page.on(
      "request",
      (request) => !request.url().startsWith("data:") && faults.push(`loads ${request.url()}`),
    );
    await page.setContent(content);
    return page;
  }

  /** The tokens of the merges player's current row. */
  const currentTokens = (page: Page, nth = 0) =>
    page.locator(".tl-merges").nth(nth).locator(".tl-now .tl-piece").allTextContents();

  it("all are drawn without an error or a request, and every SVG image has its size", async () => {
    const page = await open(pageOf(all));
    const sizes = await page.$$eval("img", (images) => images.map((image) => image.naturalWidth));
    assert.equal(await page.locator("section > img").count(), all.length - interactive.length);
    assert.ok(
      sizes.every((width) => width >= 400),
      String(sizes),
    );
  });

  it("hostile text runs nothing and reaches the page as text", async () => {
    const pieces = [{ id: 1, token: hostile, start: 0, end: hostile.length }];
    const figures = [
      tokenFigure(
        [
          { name: hostile, text: hostile, pieces },
          { name: "b", text: hostile, pieces },
        ],
        { title: hostile },
      ),
      quiz({
        question: hostile,
        choices: [
          { text: hostile, why: hostile, correct: true },
          { text: "b", why: "c" },
        ],
      }),
      table([{ [hostile]: hostile }], { title: hostile }),
    ];
    const page = await open(`<title>x</title>${figures.map((figure) => figure.html).join("")}`);
    page.on("dialog", (dialog) => faults.push(`dialog ${dialog.message()}`));
    await page.locator(".tl-line span").first().hover();
    assert.match((await page.locator(".tl-detail").textContent()) ?? "", /<script>alert\(1\)<\/script>/);
    assert.equal(await page.locator(".tl script, .tl img").count(), 0);
  });

  it("merges are replayed by buttons, slider and play", async () => {
    const page = await open(pageOf(["merges"]));
    assert.equal((await currentTokens(page)).length, 13);
    await page.getByRole("button", { name: "Next" }).click();
    assert.deepEqual(await currentTokens(page), "l o w es t · l o w es t".split(" "));
    assert.deepEqual(await page.locator(".tl-now mark").allTextContents(), ["es", "t", "es", "t"]);
    assert.equal(await page.locator(".tl-step:visible").count(), 2);

    const slider = page.getByRole("slider");
    await slider.focus();
    await page.keyboard.press("End");
    assert.deepEqual(await currentTokens(page), ["low", "est", "·low", "est"]);
    assert.equal(await slider.getAttribute("aria-valuetext"), "no learned pair is left: 4 tokens");
    assert.equal(await page.getByRole("button", { name: "Next" }).isDisabled(), true);
    await page.keyboard.press("ArrowLeft");
    assert.equal(await page.locator(".tl-count").textContent(), "5 of 6");

    await page.clock.install();
    await page.getByRole("button", { name: "Play" }).click();
    await page.clock.runFor(1400);
    assert.equal(await page.locator(".tl-count").textContent(), "6 of 6");
    assert.match((await page.locator(".tl-play").textContent()) ?? "", /Play/, "stops at the end");
  });

  it("pointing at a cell of a broadcast marks what it is made of; arrow keys walk over the result", async () => {
    const page = await open(pageOf(["broadcast"]));
    const tables = page.locator(".tl-broadcast table");
    await tables.nth(0).locator("td").nth(6).hover();
    const detail = page.locator(".tl-detail");
    assert.equal(await detail.textContent(), "result[1][2] = a[1][0] + b[0][2] = 20 + 3 = 23");
    assert.deepEqual(await page.locator(".tl-here").allTextContents(), ["20", "3", "23"]);
    await page.keyboard.press("Tab");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowRight");
    assert.match((await detail.textContent()) ?? "", /^result\[1\]\[1\] = .* = 22$/);
    await page.keyboard.press("ArrowLeft");
    await page.keyboard.press("ArrowUp");
    await page.keyboard.press("ArrowUp");
    assert.match((await detail.textContent()) ?? "", /^result\[0\]\[0\]/);
  });

  it("attention: a dragged query changes every stage of its row; mask and scale can be taken away", async () => {
    const page = await open(pageOf(["attention"]));
    const cells = (stage: number) => page.locator(".tl-attention table").nth(stage).locator("td");
    const detail = page.locator(".tl-detail");
    await cells(0).nth(6).hover();
    assert.equal(await detail.textContent(), "“·sat” looks at “The”: 2.00 × 1.00 + 1.00 × 0.00 = 2.00");
    await page.getByRole("slider").first().fill("-1");
    assert.match((await detail.textContent()) ?? "", /= −1\.00$/);
    assert.equal(await cells(1).nth(6).textContent(), "−0.71");
    assert.equal(await cells(3).nth(0).textContent(), "1.00", "the first token sees itself only");
    await page.getByRole("checkbox", { name: "mask" }).uncheck();
    assert.notEqual(await cells(3).nth(0).textContent(), "1.00");
    await page.getByRole("checkbox", { name: "scale" }).uncheck();
    assert.equal(await cells(1).nth(6).textContent(), "−1.00");
    await cells(4).nth(0).click();
    assert.match((await page.locator(".tl-hand").textContent()) ?? "", /^The query of “The”/);
    await page.getByRole("button", { name: "Start again" }).click();
    assert.equal(await cells(0).nth(6).textContent(), "2.00");
    await cells(0).nth(0).focus();
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("ArrowDown");
    assert.match((await detail.textContent()) ?? "", /^“·cat” looks at “·cat”/);
  });

  it("a rotation: moving both leaves the score, moving one does not; without script its start is shown", async () => {
    const page = await open(pageOf(["rotation"]));
    const say = () => page.locator(".tl-rotation .tl-say").textContent();
    const start = (await say()) ?? "";
    assert.match(start, /^query at 3, key at 1, distance \u22122, score /);
    await page.locator(".tl-both").fill("40");
    const moved = (await say()) ?? "";
    assert.match(moved, /^query at 43, key at 41, distance \u22122, /);
    assert.equal(moved.split("score")[1], start.split("score")[1]);
    await page.locator(".tl-key").fill("9");
    assert.match((await say()) ?? "", /^query at 43, key at 49, distance 6, /);
    assert.notEqual(((await say()) ?? "").split("score")[1], start.split("score")[1]);
    const plain = await open(pageOf(["rotation"]), { javaScriptEnabled: false });
    assert.ok(await plain.locator(".tl-rotation img").isVisible());
    assert.ok(!(await plain.locator(".tl-rotation .tl-both").isVisible()));
  });

  it("a flipbook shows one page at a time; without script all of them", async () => {
    const page = await open(pageOf(["flipbook"]));
    const pages = page.locator(".tl-flipbook .tl-step:visible");
    assert.deepEqual(await pages.allTextContents(), ["h = 1: slope 1"]);
    await page.getByRole("button", { name: "Next" }).click();
    assert.deepEqual(await pages.allTextContents(), ["h = 0.5: slope 0.5"]);
    const plain = await open(pageOf(["flipbook"]), { javaScriptEnabled: false });
    assert.equal(await plain.locator(".tl-flipbook .tl-step:visible").count(), 2);
  });

  it("sliders cut the next token's distribution and give the rest what was cut", async () => {
    const page = await open(pageOf(["next"]));
    const say = () => page.locator(".tl-next .tl-say").textContent();
    const start = (await say()) ?? "";
    await page.getByRole("slider", { name: "top-p" }).fill("1");
    assert.match((await say()) ?? "", /^All 400 tokens can come/);
    await page.getByRole("slider", { name: "top-k" }).fill("2");
    assert.match((await say()) ?? "", /^3 of 400 tokens can come, with [\d.]+ % of the mass/);
    assert.equal(await page.locator(".tl-next .tl-cut").count(), 17);
    const shares = (await page.locator(".tl-next tr:not(.tl-cut) .tl-p").allTextContents()).map(parseFloat);
    assert.ok(Math.abs(shares.reduce((a, b) => a + b) - 100) < 0.2, String(shares));
    await page.getByRole("slider", { name: "temperature" }).focus();
    await page.keyboard.press("Home");
    assert.match((await say()) ?? "", /Entropy 0\.\d+ nats/);
    await page.getByRole("button", { name: "Start again" }).click();
    assert.equal(await say(), start);
    const plain = await open(pageOf(["next"]), { javaScriptEnabled: false });
    assert.equal(
      await plain.locator(".tl-next .tl-say").textContent(),
      start,
      "script and page say the same",
    );
  });

  it("drafts: rounds are played, later ones wait", async () => {
    const page = await open(pageOf(["drafts"]));
    await page.getByRole("slider").fill("1");
    assert.equal(await page.locator(".tl-drafts .tl-step:visible").count(), 1);
    await page.getByRole("button", { name: "Next" }).click();
    assert.equal(await page.locator(".tl-drafts .tl-now .tl-own").textContent(), ":");
  });

  it("pointing at a line of a program marks where its inputs come from and who reads it", async () => {
    const page = await open(pageOf(["program"]));
    const line = (text: string) => page.locator(".tl-code", { hasText: text });
    await line("%3 = stablehlo.subtract").hover();
    assert.deepEqual(await page.locator(".tl-source code").allTextContents(), [
      "%2 = stablehlo.broadcast_in_dim %1, dims = [0] : (tensor<2xf32>) -> tensor<2x3xf32>",
    ]);
    assert.match(
      (await page.locator(".tl-use code").allTextContents()).join(),
      /^%4 = stablehlo.exponential %3/,
    );
    assert.match((await line("%0 = stablehlo.constant").textContent()) ?? "", /the number −∞/);
    await page.locator(".tl-code").first().focus();
    await page.keyboard.press("ArrowDown");
    assert.match((await page.locator(".tl-here").textContent()) ?? "", /^func\.func/);
  });

  it("two equal figures on one page do not disturb each other", async () => {
    const page = await open(pageOf(["merges", "merges", "training", "quiz", "quiz"]));
    await page.locator(".tl-merges").nth(1).getByRole("button", { name: "Next" }).click();
    assert.equal((await currentTokens(page, 0)).length, 13);
    assert.equal((await currentTokens(page, 1)).length, 11);
    assert.equal(await page.locator(".tl-training .tl-count").textContent(), "8 of 8");
    await page.locator(".tl-quiz").nth(0).locator("summary").first().click();
    assert.equal(await page.locator(".tl-quiz").nth(1).locator(".tl-outcome").textContent(), "");
  });

  it("pointing at a token tells its id, and marks the same characters in the other row", async () => {
    const page = await open(pageOf(["tokens"]));
    const rows = page.locator(".tl-line");
    await rows.nth(0).locator("span").nth(2).hover();
    assert.equal(
      await page.locator(".tl-detail").textContent(),
      "Token 3 of 12, id 174: token “izer”, characters 9 to 13",
    );
    assert.deepEqual(await rows.nth(1).locator(".tl-same").allTextContents(), ["i", "z", "e", "r"]);
    await page.mouse.move(1, 1);
    assert.equal(await page.locator(".tl-same").count(), 0);
  });

  it("tokens are one Tab stop a row, walked with the arrow keys", async () => {
    const page = await open(pageOf(["tokens"]));
    await page.keyboard.press("Tab");
    await page.keyboard.press("ArrowRight");
    assert.match(
      (await page.locator(".tl-detail").textContent()) ?? "",
      /^Token 2 of 12, id 137: token “·token”/,
    );
    await page.keyboard.press("End");
    assert.match((await page.locator(".tl-detail").textContent()) ?? "", /^Token 12 of 12/);
    await page.keyboard.press("Tab");
    assert.match((await page.locator(".tl-detail").textContent()) ?? "", /^Token 1 of 48/);
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    assert.equal(await page.locator(".tl-line span small").first().textContent(), "100");
    await page.keyboard.press("Enter");
    assert.equal(await page.locator(".tl-line span small").count(), 0);
  });

  it("a quiz is answered by keyboard and remembers the first answer", async () => {
    const page = await open(pageOf(["quiz"]));
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    const outcome = page.locator(".tl-outcome");
    await page.waitForFunction(() => document.querySelector(".tl-outcome")?.textContent !== "");
    assert.equal(await outcome.textContent(), "Your prediction: A, not right. Try another.");
    assert.ok(await page.getByText("The first letter's case is part").isVisible());
    await page.keyboard.press("Tab");
    await page.keyboard.press("Space");
    await page.waitForFunction(() => document.querySelector(".tl-outcome")?.textContent?.includes("now"));
    assert.equal(await outcome.textContent(), "Your prediction: A, not right. Found it now.");
  });

  it("without script every step, token and explanation can be read", async () => {
    const page = await open(pageOf(interactive), { javaScriptEnabled: false });
    assert.equal(await page.locator(".tl-merges .tl-step:visible").count(), 6);
    assert.equal(await page.locator(".tl-training .tl-step:visible").count(), 8);
    assert.equal(await page.locator(".tl-player:visible, .tl-tools:visible").count(), 0);
    assert.equal(await page.locator(".tl-line span").first().getAttribute("title"), "id 100: token “The”");
    await page.locator("summary").nth(1).click();
    assert.ok(await page.getByText("✓ Right.").isVisible());
  });

  const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
  for (const scheme of ["light", "dark"] as const) {
    for (const host of ["plain page", "JupyterLab"] as const) {
      it(`accessible (axe: WCAG 2.2 A and AA, best practices), ${scheme} ${host}`, async () => {
        // JupyterLab's theme is its own and may differ from what the browser prefers.
        const jupyter = host === "JupyterLab";
        const ground = scheme === "dark" ? "#111" : "#fff";
        const ink = scheme === "dark" ? "#eee" : "#111";
        const theme = jupyter ? `data-jp-theme-light="${scheme === "light"}"` : "";
        const colorScheme = jupyter ? (scheme === "light" ? "dark" : "light") : scheme;
        const page = await open(pageOf(all, `${theme} style="background:${ground};color:${ink}"`), {
          colorScheme,
        });
        await page.locator(".tl-line span").first().focus();
        await page.locator("summary").first().click();
        const card = await page
          .locator(".tl")
          .first()
          .evaluate((el) => getComputedStyle(el).backgroundColor);
        assert.equal(card, scheme === "light" ? "rgb(255, 255, 255)" : "rgb(22, 25, 29)");
        const image = await page
          .locator("img")
          .first()
          .evaluate((el) => getComputedStyle(el).colorScheme);
        assert.equal(image, scheme);
        await page.evaluate(axe);
        const violations = await page.evaluate(async () => {
          const { axe } = globalThis as unknown as { axe: typeof import("axe-core") };
          const found = await axe.run();
          if (found.passes.length < 10) return [`only ${found.passes.length} rules were applied`];
          return found.violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(" ")).join(", ")}`);
        });
        assert.deepEqual(violations, []);
        if (jupyter)
          await page.screenshot({ path: join(screenshots, `figures-${scheme}.png`), fullPage: true });
      });
    }
  }

  it("the browser bundle needs no Node module and draws in a page", async () => {
    const { outputFiles, metafile } = await build({
      entryPoints: [join(root, "src/lab/browser.ts")],
      bundle: true,
      format: "esm",
      platform: "browser",
      minify: true,
      write: false,
      metafile: true,
    });
    assert.ok(Object.keys(metafile.inputs).every((file) => /^src\/(lab|text)\//.test(file)));
    const code = outputFiles[0]!.text;
    assert.ok(code.length < 115_000, `${code.length} bytes`);
    const page = await open("<title>x</title><div></div>");
    const drawn = await page.evaluate(async (source) => {
      const lab = (await import(
        `data:text/javascript;base64,${source}`
      )) as typeof import("../../src/lab/browser");
      const plot = lab.linePlot({ name: "a", y: [1, 2, 3] }, { title: "In a page", x: "x", y: "y" });
      document.querySelector("div")!.innerHTML = plot.svg ?? "";
      return document.querySelector("svg title")?.textContent;
    }, Buffer.from(code).toString("base64"));
    assert.equal(drawn, "In a page");
  });
});
