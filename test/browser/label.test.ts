import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { openLabelFile, prepareItems, startLabelServer } from "../../src/lab/node";
import type { LabelItem, LabelServer } from "../../src/lab/node";
import { hostile } from "../lab/figures/samples";
import { skipLoudly } from "../helpers/skip";
import { findBrowser, screenshots } from "./lab";

const long = "A long answer that goes on. ".repeat(150);
const items: LabelItem[] = [
  { prompt: "First?", answers: ["good", "bad"] },
  { prompt: hostile, answers: [hostile, ""] },
  { prompt: long, answers: [long, `${long} And on.`] },
  { prompt: "Order?", answers: ["a", "b", "c", "d"] },
];

describe("the labelling page in a real Chromium", function () {
  this.timeout(300_000);
  let browser: Browser | undefined;
  let folder = "";
  let path = "";
  let server: LabelServer;
  const faults: string[] = [];

  before(async function () {
    const found = await findBrowser();
    if (!("path" in found)) skipLoudly(this, found.reason, { failInCI: true });
    const args = [
      "--disable-gpu",
      "--disable-dev-shm-usage",
      "--host-resolver-rules=MAP evil.example 127.0.0.1",
    ];
    browser = await chromium.launch({ executablePath: found.path, args, chromiumSandbox: false });
    mkdirSync(screenshots, { recursive: true });
  });
  after(async () => browser?.close());
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "label-browser-"));
    path = join(folder, "labels.jsonl");
  });
  afterEach(async () => {
    for (const context of browser?.contexts() ?? []) await context.close();
    await server.close();
    rmSync(folder, { recursive: true, force: true });
    assert.deepEqual(faults.splice(0), [], "the page has faults");
  });

  const serve = async (list: readonly LabelItem[] = items): Promise<void> => {
    server = await startLabelServer({
      items: prepareItems(list, 1),
      file: openLabelFile(path),
      fileName: "labels.jsonl",
    });
  };
  async function open(options: BrowserContextOptions = {}): Promise<Page> {
    const context = await browser!.newContext({ viewport: { width: 1024, height: 768 }, ...options });
    const page = await context.newPage();
    page.on("pageerror", (error) => faults.push(String(error)));
    page.on("dialog", (dialog) => faults.push(`dialog ${dialog.message()}`));
    page.on("console", (message) => message.type() === "error" && !/ERR_CONNECTION_REFUSED|409/.test(message.text()) && faults.push(message.text())); // prettier-ignore
    page.on("request", (request) => !request.url().startsWith(server.url) && !request.url().startsWith("data:") && faults.push(`loads ${request.url()}`)); // prettier-ignore
    await page.goto(server.url);
    await page.locator(".card").first().waitFor();
    return page;
  }
  const counted = (page: Page, text: string) => page.locator("#count", { hasText: text }).waitFor();
  /** Longer than the page takes a click for the second half of a double click. */
  const settle = (page: Page) => page.waitForTimeout(350);
  const labels = () => (existsSync(path) ? openLabelFile(path).labels() : []);
  const better = (page: Page, n: number) => page.getByRole("button", { name: `Answer ${n} is better` });

  it("by mouse: a click is a label, the tie and undo work, and the end says so", async () => {
    await serve();
    const page = await open();
    const [left] = await page.locator(".card .text").allTextContents();
    await settle(page);
    await better(page, 1).click();
    await counted(page, "1 of 4");
    assert.equal(labels()[0]!.answers[labels()[0]!.ranks.indexOf(1)], left);
    // Hostile text is text, an empty answer says that it is.
    assert.equal(await page.locator("#prompt").textContent(), (await page.locator("#prompt").innerHTML()).replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&")); // prettier-ignore
    assert.match((await page.locator("#prompt").textContent())!, /<script>alert\(1\)<\/script>/);
    assert.equal(await page.locator("#work script, #work img").count(), 0);
    assert.equal(await page.locator(".text.empty").textContent(), "(empty answer)");
    await settle(page);
    await page.getByRole("button", { name: "A tie" }).click();
    await counted(page, "2 of 4");
    assert.deepEqual(labels()[1]!.ranks, [1, 1]);
    await settle(page);
    await page.getByRole("button", { name: "Undo" }).click();
    await counted(page, "1 of 4");
    assert.match((await page.locator("#note").textContent())!, /^Undone/);
    assert.equal(labels().length, 1);
    // Long texts scroll in their boxes: what is clicked stays in the window.
    await settle(page);
    await better(page, 1).click();
    await counted(page, "2 of 4");
    for (const name of ["Answer 1 is better", "Answer 2 is better", "A tie"])
      assert.ok((await page.getByRole("button", { name }).boundingBox())!.y < 740, name);
    assert.equal(await page.evaluate(() => document.documentElement.scrollHeight), 768);
    await page.screenshot({ path: join(screenshots, "label-long.png") });
  });

  it("by keys alone: arrows and digits, four answers in order, take back, the rest as a tie", async () => {
    await serve();
    const page = await open();
    const press = async (key: string): Promise<void> => {
      await settle(page);
      await page.keyboard.press(key);
    };
    await press("ArrowRight");
    await counted(page, "1 of 4");
    await press("0");
    await counted(page, "2 of 4");
    await press("Control+1");
    await press("1");
    await counted(page, "3 of 4");
    const shown = await page.locator(".card .text").allTextContents();
    await press("3");
    await press("1");
    assert.deepEqual(await page.locator(".badge").allTextContents(), ["2nd", "", "best", ""]);
    await page.screenshot({ path: join(screenshots, "label-order.png") });
    await press("u");
    assert.deepEqual(await page.locator(".badge").allTextContents(), ["", "", "best", ""]);
    assert.equal(labels().length, 3, "a pick is no label yet");
    await press("4");
    await press("0");
    await page.locator("#done").waitFor();
    const { answers, ranks } = labels()[3]!;
    assert.deepEqual(shown.map((text) => ranks[answers.indexOf(text)]), [3, 3, 1, 2]); // prettier-ignore
    assert.equal(await page.evaluate(() => document.activeElement?.id), "done");
    await press("u");
    await counted(page, "3 of 4");
    for (const key of ["2", "1", "4"]) await press(key);
    await page.locator("#done").waitFor();
    assert.deepEqual(shown.map((text) => labels()[3]!.ranks[labels()[3]!.answers.indexOf(text)]), [2, 1, 4, 3]); // prettier-ignore
    // Tab reaches every control, and the focus is seen.
    await press("u");
    await counted(page, "3 of 4");
    const reached: string[] = [];
    for (let i = 0; i < 12; i++) {
      await page.keyboard.press("Tab");
      reached.push(
        await page.evaluate(() => {
          const { localName, textContent } = document.activeElement!;
          return `${localName} ${textContent} ${getComputedStyle(document.activeElement!).outlineWidth}`;
        }),
      );
    }
    for (const wanted of ["button Answer 4 is the best 4 3px", "button All are equally good 0 3px"])
      assert.ok(reached.includes(wanted), reached.join("\n"));
  });

  it("a careless hand: double clicks, held keys, a reload, two tabs", async () => {
    await serve();
    const page = await open();
    await settle(page);
    await better(page, 1).dblclick();
    await counted(page, "1 of 4");
    await settle(page);
    assert.equal(labels().length, 1, "the second click judges nothing");
    await page.keyboard.down("2");
    for (let i = 0; i < 5; i++) await page.keyboard.down("2");
    await page.keyboard.up("2");
    await counted(page, "2 of 4");
    await settle(page);
    assert.equal(labels().length, 2);
    const before = await page.locator(".card .text").allTextContents();
    await page.reload();
    await counted(page, "2 of 4");
    assert.deepEqual(await page.locator(".card .text").allTextContents(), before, "places stay");

    const other = await open();
    await counted(other, "2 of 4");
    await settle(other);
    await better(other, 1).click();
    await counted(other, "3 of 4");
    await settle(page);
    await better(page, 2).click();
    await counted(page, "3 of 4");
    assert.match((await page.locator("#note").textContent())!, /labelled already, perhaps in another tab/);
    assert.equal(labels().length, 3);
  });

  it("the program ends: the page says that the choice was not saved; started anew, it goes on", async () => {
    await serve();
    const page = await open();
    await settle(page);
    await better(page, 1).click();
    await counted(page, "1 of 4");
    await server.close();
    await settle(page);
    await better(page, 2).click();
    await page.locator("#alert", { hasText: "Your last choice was not saved" }).waitFor();
    await page.screenshot({ path: join(screenshots, "label-lost.png") });
    assert.equal(labels().length, 1);
    await serve();
    const next = await open();
    await counted(next, "1 of 4");
  });

  const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
  for (const colorScheme of ["light", "dark"] as const) {
    it(`accessible (axe: WCAG 2.2 A and AA, best practices) with two answers, four, and none left, ${colorScheme}`, async () => {
      await serve([items[2]!, items[3]!]);
      // The policy of the page would not let a script of the test in.
      const page = await open({ colorScheme, bypassCSP: true });
      const check = async (what: string): Promise<void> => {
        await page.evaluate(axe);
        const violations = await page.evaluate(async () => {
          const { axe } = globalThis as unknown as { axe: typeof import("axe-core") };
          const found = await axe.run();
          if (found.passes.length < 10) return [`only ${found.passes.length} rules were applied`];
          return found.violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(" ")).join(", ")}`);
        });
        assert.deepEqual(violations, [], what);
      };
      await check("two answers");
      await page.screenshot({ path: join(screenshots, `label-${colorScheme}.png`) });
      await settle(page);
      await page.keyboard.press("1");
      await counted(page, "1 of 2");
      await settle(page);
      await page.keyboard.press("2");
      await check("four answers");
      await settle(page);
      await page.keyboard.press("0");
      await page.locator("#done").waitFor();
      await check("the end");
      await page.screenshot({ path: join(screenshots, `label-end-${colorScheme}.png`) });
    });
  }

  it("in a frame of another page on this machine, and by no page elsewhere; on a narrow screen one below the other", async () => {
    await serve();
    const page = await open({ viewport: { width: 400, height: 800 } });
    const [one, two] = await Promise.all([0, 1].map((i) => page.locator(".card").nth(i).boundingBox()));
    assert.ok(two!.y >= one!.y + one!.height);
    const notebook = createServer((_, response) => {
      response.setHeader("content-type", "text/html");
      response.end(`<iframe src="${server.url}" style="width:380px;height:760px"></iframe>`);
    });
    await new Promise<void>((resolve) => notebook.listen(0, "127.0.0.1", resolve));
    const { port } = notebook.address() as AddressInfo;
    const host = await page.context().newPage();
    const framed = async (name: string, timeout: number): Promise<boolean> => {
      await host.goto(`http://${name}:${port}/`);
      return host.frameLocator("iframe").locator(".card").first().waitFor({ timeout }).then(() => true, () => false); // prettier-ignore
    };
    try {
      assert.equal(await framed("localhost", 20_000), true);
      const frame = host.frameLocator("iframe");
      assert.ok(await frame.locator("#hint").isVisible(), "keys need a click first");
      await settle(host);
      // The click that brings the focus counts.
      await frame.getByRole("button", { name: "Answer 1 is better" }).click();
      await frame.locator("#count", { hasText: "1 of 4" }).waitFor();
      assert.ok(!(await frame.locator("#hint").isVisible()));
      assert.equal(await framed("evil.example", 1500), false);
    } finally {
      notebook.closeAllConnections();
      notebook.close();
    }
  });
});
