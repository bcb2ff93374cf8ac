import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  chromium,
  type Page,
} from "playwright-core";
import { buildDemo, startDemoServer, type DemoServer } from "../../src/demo/node";
import { findChapters } from "../../src/cli/notebook/chapters";
import { findBrowser, root, screenshots } from "../browser/lab";
import { skipLoudly } from "../helpers/skip";

const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const topics = findChapters(root, []).map(({ topic }) => topic);

/** What the notebook holds, counted without the site's own code. */
function figuresOf(topic: string): { plots: number; figures: number; formulas: boolean } {
  const text = readFileSync(path.join(root, "notebooks", `${topic}.ipynb`), "utf8");
  const { cells } = JSON.parse(text) as {
    cells: readonly {
      readonly cell_type: string;
      readonly source: string[];
      readonly outputs?: { data?: Record<string, unknown> }[];
    }[];
  };
  const data = cells.flatMap(({ outputs = [] }) =>
    outputs.flatMap((output) => (output.data ? [output.data] : [])),
  );
  const plots = data.filter((one) => "application/vnd.plotly.v1+json" in one);
  const html = data
    .filter((one) => !plots.includes(one))
    .map((one) => [one["text/html"] ?? ""].flat().join(""));
  return {
    plots: plots.length,
    figures: html.filter((source) => /class="tl tl-/.test(source)).length,
    formulas: cells.some(
      ({ cell_type, source }) => cell_type === "markdown" && /\$[^$]+\$/.test([source].flat().join("")),
    ),
  };
}

describe("the classroom site in a real Chromium, without a network", function () {
  this.timeout(300_000);
  let browser: Browser | undefined;
  let server: DemoServer;
  let out = "";
  const faults: string[] = [];
  const disk = (name: string): string => pathToFileURL(path.join(out, name)).href;
  const served = (name: string): string => server.url + name;

  before(async function () {
    const found = await findBrowser();
    if (!("path" in found)) skipLoudly(this, found.reason, { failInCI: true });
    out = mkdtempSync(path.join(tmpdir(), "lab-demo-"));
    await buildDemo({ root, out, topics });
    server = await startDemoServer({ folder: out });
    const args = ["--disable-gpu", "--disable-dev-shm-usage"];
    browser = await chromium.launch({ executablePath: found.path, args, chromiumSandbox: false });
    mkdirSync(screenshots, { recursive: true });
  });
  after(async () => {
    await browser?.close();
    await server?.close();
    if (out) rmSync(out, { recursive: true, force: true });
  });
  afterEach(async () => {
    for (const context of browser?.contexts() ?? []) await context.close();
    assert.deepEqual(faults.splice(0), [], "the page has faults");
  });

  async function newContext(options: BrowserContextOptions = {}): Promise<BrowserContext> {
    const context = await browser!.newContext({
      viewport: { width: 1100, height: 800 },
      reducedMotion: "reduce",
      ...options,
    });
    await context.route(/^https?:/, (route) => {
      if (route.request().url().startsWith(server.url)) return route.continue();
      faults.push(`loads ${route.request().url()}`);
      return route.abort();
    });
    context.on("page", (page: Page) => {
      page.on("pageerror", (error) => faults.push(`${page.url()}: ${error}`));
      page.on(
        "console",
        (message) => message.type() === "error" && faults.push(`${page.url()}: ${message.text()}`),
      );
      page.on("requestfailed", (request) => faults.push(`not there: ${request.url()}`));
    });
    return context;
  }
  async function open(address: string, options: BrowserContextOptions = {}): Promise<Page> {
    const page = await (await newContext(options)).newPage();
    await page.goto(address);
    return page;
  }
  const theme = (page: Page, name: "light" | "dark"): Promise<void> =>
    page.emulateMedia({ colorScheme: name });

  /** Walks down the page as a reader does, and waits until each plot is drawn; how many are. */
  const drawAll = (page: Page): Promise<number> =>
    page.evaluate(async () => {
      const plots = Array.from(document.querySelectorAll(".plot"));
      for (const plot of plots) {
        plot.scrollIntoView({ block: "center" });
        const end = performance.now() + 20_000;
        while (!plot.querySelector(".main-svg :is(.trace, .hm)") && performance.now() < end)
          await new Promise((resolve) => setTimeout(resolve, 20));
      }
      return plots.filter((plot) => plot.querySelector(".js-plotly-plot .main-svg :is(.trace, .hm)")).length;
    });

  /**
   * Serious and critical findings. What Plotly and KaTeX draw inside of a named element is theirs. The token of an
   * uncased tokenizer is named as it stands in the vocabulary ("ang"), and shown as in the text ("Ång").
   */
  async function axeFindings(page: Page, where: string, rules?: readonly string[]): Promise<string[]> {
    await page.evaluate(axe);
    const found = await page.evaluate(async (only) => {
      interface Finding {
        readonly id: string;
        readonly impact: string;
        readonly nodes: { readonly target: string[]; readonly failureSummary: string }[];
      }
      const { axe } = window as unknown as {
        axe: { run(context: object, options: object): Promise<{ violations: Finding[] }> };
      };
      const options = { resultTypes: ["violations"], preload: false, ...(only && { runOnly: only }) };
      const { violations } = await axe.run({ exclude: [".live-plot", ".katex"] }, options);
      return violations
        .filter(({ impact }) => impact === "serious" || impact === "critical")
        .filter(
          ({ id, nodes }) =>
            id !== "label-content-name-mismatch" ||
            nodes.some(({ target }) => !/data-tip/.test(target.join())),
        )
        .map(
          ({ id, nodes }) =>
            `${id} ${nodes.length}x ${nodes[0]!.target.join(" ")} ${nodes[0]!.failureSummary}`,
        );
    }, rules);
    return found.map((line) => `${where}: ${line}`);
  }

  it("from disk: the index leads to every chapter, in light and dark, on a telephone too", async () => {
    const page = await open(disk("index.html"));
    assert.equal(await page.locator(".card").count(), topics.length);
    const links = await page
      .locator(".card h2 a")
      .evaluateAll((all) => all.map((a) => a.getAttribute("href")));
    assert.deepEqual(
      links,
      topics.map((topic) => `chapters/${topic}.html`),
    );
    const findings = [];
    for (const name of ["light", "dark"] as const) {
      await theme(page, name);
      findings.push(...(await axeFindings(page, `index ${name}`)));
    }
    assert.deepEqual(findings, []);
    await page.setViewportSize({ width: 360, height: 700 });
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 360);
  });

  for (const topic of topics)
    it(`from disk, ${topic}: every figure is drawn, formulas are right, nothing serious for axe`, async () => {
      const page = await open(disk(`chapters/${topic}.html`));
      const expected = figuresOf(topic);
      assert.equal(await drawAll(page), expected.plots);
      assert.equal(await page.locator("main .out .tl").count(), expected.figures);
      assert.equal(await page.locator("main .tl-quiz:not([data-on])").count(), 0, "each quiz is alive");
      assert.equal(await page.locator(".katex-error").count(), 0);
      if (expected.formulas) assert.ok((await page.locator(".katex").count()) > 0);
      const images = await page
        .locator("main img:visible")
        .evaluateAll((all) => all.map((image) => (image as HTMLImageElement).naturalWidth));
      assert.ok(
        images.every((width) => width > 100),
        String(images),
      );
      const findings = await axeFindings(page, `${topic} light`);
      await theme(page, "dark");
      findings.push(...(await axeFindings(page, `${topic} dark`, ["color-contrast"])));
      assert.deepEqual(findings, []);
      await page.setViewportSize({ width: 360, height: 700 });
      assert.equal(
        await page.evaluate(() => document.documentElement.scrollWidth),
        360,
        "wider than a telephone",
      );
    });

  it("from the server: chapters obey its policy, and are the same as from disk", async () => {
    for (const topic of ["00-start-here", "07-generation"]) {
      const page = await open(served(`chapters/${topic}.html`));
      assert.equal(await drawAll(page), figuresOf(topic).plots);
      const [first] = await page.locator(".tl-quiz details").all();
      await first!.click();
      assert.match(
        (await page.locator(".tl-quiz .tl-outcome").first().textContent()) ?? "",
        /^Your prediction: A/,
      );
    }
  });

  it("by keyboard: into the slides, through the steps, a slider, overview, notes, black, and out again", async () => {
    const page = await open(disk("chapters/04-multi-head-attention.html"), {
      viewport: { width: 1024, height: 768 },
    });
    const position = (): Promise<string | null> => page.locator(".slide-bar .position").textContent();
    const key = (...keys: string[]): Promise<void> =>
      keys.reduce((before, one) => before.then(() => page.keyboard.press(one)), Promise.resolve());
    await key("s");
    const [, total] = (await position())!.split(" / ").map(Number);
    assert.ok(total! > 20 && total! < 100, String(total));
    assert.match(await page.evaluate(() => location.hash), /^#slide\/multi-head-attention$/);
    await key("End");
    assert.equal(await position(), `${total} / ${total}`);
    await key("Home");
    assert.equal(await position(), `1 / ${total}`);
    // Steps: forward reveals before it turns, back hides again.
    const hidden = (): Promise<number> => page.locator("main .on.later, main .on .later").count();
    await key("Shift+ArrowRight");
    const steps = await hidden();
    assert.ok(steps > 1);
    await key(" ", "ArrowDown");
    assert.equal(await hidden(), steps - 2);
    await key("ArrowLeft");
    assert.equal(await hidden(), steps - 1);
    await key("a");
    assert.equal(await hidden(), 0);
    // A figure's slider keeps the arrow keys; Escape gives them back.
    await page.goto(`${disk("chapters/04-multi-head-attention.html")}#slide/attention-stage-by-stage/2`);
    await key("a");
    const slider = page.locator(".tl-attention input[type=range]").first();
    for (let i = 0; i < 12 && !(await slider.evaluate((one) => one === document.activeElement)); i++)
      await key("Tab");
    const [value, here] = [await slider.inputValue(), await position()];
    await key("ArrowRight");
    assert.notEqual(await slider.inputValue(), value);
    assert.equal(await position(), here);
    await key("Escape", "PageDown");
    assert.notEqual(await position(), here);
    // Overview: arrows and Enter.
    await key("o", "Home", "ArrowRight", "Enter");
    assert.equal(await position(), `2 / ${total}`);
    await key("b");
    assert.equal(await page.locator(".blank").isVisible(), true);
    await key("Escape");
    assert.equal(await page.locator(".blank").isVisible(), false);
    await key("?");
    assert.equal(await page.locator("dialog.help").isVisible(), true);
    assert.deepEqual(await axeFindings(page, "help"), []);
    await key("Escape", "n");
    assert.equal(await page.locator(".notes-panel").isVisible(), true);
    await key("p");
    await page.locator(".notes-panel", { hasText: "paused" }).waitFor();
    assert.deepEqual(await axeFindings(page, "slide with notes"), []);
    await key("Escape", "Escape");
    assert.equal(await page.locator("html.slides").count(), 0);
    assert.equal(await page.evaluate(() => document.activeElement?.getAttribute("data-do")), "slides");
  });

  it("notes in a window of their own follow the slides, and its keys lead them", async () => {
    const page = await open(`${disk("chapters/04-multi-head-attention.html")}#slide`);
    await page.locator(".part.on").waitFor();
    const [popup] = await Promise.all([page.waitForEvent("popup"), page.keyboard.press("w")]);
    await popup.locator(".now").waitFor();
    assert.match((await popup.locator(".now").textContent()) ?? "", /04 · Multi-head attention/);
    await popup.keyboard.press("Shift+ArrowRight");
    await popup.keyboard.press("Shift+ArrowRight");
    await popup.locator(".now", { hasText: "Predict first" }).waitFor();
    assert.match((await page.locator(".slide-bar .title").textContent()) ?? "", /Predict first/);
  });

  for (const topic of ["04-multi-head-attention", "07-generation"])
    it(`${topic}: at 1024 x 768 nothing is cut on any slide`, async () => {
      const page = await open(`${disk(`chapters/${topic}.html`)}#slide`, {
        viewport: { width: 1024, height: 768 },
      });
      await page.locator(".part.on").waitFor();
      await page.waitForTimeout(400); // fonts
      await page.keyboard.press("r");
      const total = Number((await page.locator(".slide-bar .position").textContent())!.split(" / ")[1]);
      const cut: string[] = [];
      const seen = new Set<string>();
      for (let i = 0; i < total; i++) {
        const found = await page.evaluate(() => {
          const part = document.querySelector("main > .part.on")!;
          const bar = document.querySelector(".slide-bar")!.getBoundingClientRect().top;
          const blocks = Array.from(part.querySelectorAll<HTMLElement>(":scope > .on"));
          const beyond = blocks.filter((block) => {
            const { right, bottom } = block.getBoundingClientRect();
            return right > innerWidth || bottom > bar;
          });
          const wide = blocks.filter((block) => block.scrollWidth > block.clientWidth + 1);
          const address = location.hash;
          return {
            address,
            cut: [...beyond, ...wide].map((block) => `${address}: ${block.className}`),
            over: part.scrollHeight - part.clientHeight,
          };
        });
        seen.add(found.address);
        cut.push(...found.cut, ...(found.over > 1 ? [`${found.address}: ${found.over} px too tall`] : []));
        await page.keyboard.press("Shift+ArrowRight");
      }
      assert.equal(seen.size, total, "each slide has its own address");
      assert.deepEqual(cut, []);
    });

  it("the theme is chosen by a key, remembered, and figures follow", async () => {
    const page = await open(disk("chapters/04-multi-head-attention.html"));
    const paper = (): Promise<string> =>
      page
        .locator(".tl")
        .first()
        .evaluate((one) => getComputedStyle(one).backgroundColor);
    assert.equal(await paper(), "rgb(255, 255, 255)");
    await page.keyboard.press("t"); // as the system -> light
    await page.keyboard.press("t"); // -> dark
    assert.equal(await paper(), "rgb(22, 25, 29)");
    await page.reload();
    assert.equal(await paper(), "rgb(22, 25, 29)");
  });

  it("prints pages, with every step open, also from the slides in the dark", async () => {
    const page = await open(`${disk("chapters/01-tokenization.html")}#slide`, { colorScheme: "dark" });
    await page.locator(".part.on").waitFor();
    const pdf = await page.pdf({ format: "A4" });
    const pages = pdf.toString("latin1").match(/\/Type\s*\/Page\b/g)?.length ?? 0;
    assert.ok(pages > 8, `${pages} pages`);
    await page.emulateMedia({ media: "print" });
    const unseen = await page
      .locator("main > .part > :is(.prose, .figure, .measured)")
      .evaluateAll(
        (all) =>
          all.filter((one) => one.clientHeight === 0 || getComputedStyle(one).visibility === "hidden").length,
      );
    assert.equal(unseen, 0);
    assert.equal(
      await page.evaluate(() => getComputedStyle(document.body).backgroundColor),
      "rgb(255, 255, 255)",
    );
    assert.equal(await page.locator(".slide-bar, .bar").locator("visible=true").count(), 0);
  });

  it("holds no address of another machine that it would load", () => {
    for (const topic of topics) {
      const html = readFileSync(path.join(out, "chapters", `${topic}.html`), "utf8");
      assert.doesNotMatch(html, /<(?:script|link|img|iframe)[^>]+(?:src|href)="(?:https?:)?\/\//);
    }
    assert.ok(readdirSync(path.join(out, "assets", "katex", "fonts")).length > 10);
  });
});
