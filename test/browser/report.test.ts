import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import type { GradedQuestion } from "../../src/grade/class";
import { writeReports } from "../../src/grade/report";
import { check, lab, question, submission } from "../grade/class/made";
import { hostile } from "../lab/figures/samples";
import { skipLoudly } from "../helpers/skip";
import { findBrowser, screenshots } from "./lab";

const counted =
  "Each word was counted once. A word that occurs `count` times adds `count` to each of its pairs.";

/** Points fall with the number; the last one's texts are hostile. */
const names = ["Zoë", "ana", "ben", "chloé", "dmitri", "emeka", "10", "9", "<b>eve</b>"];
const questions = (n: number, text: string): GradedQuestion[] => [
  question("01/count-pairs", [
    check("01/count-pairs/hand", n < 3 ? 3 : 0, 3, n < 3 ? {} : { message: text, mistake: counted }),
    check("01/count-pairs/secret", n % 2 ? 2 : 0, 2, { hidden: true, title: "a secret", message: "This check is hidden. Think of spaces." }),
  ], { title: "Count pairs", output: text }),
  question("01/viterbi", [check("01/viterbi/hand", Math.max(0, 8 - n), 8, { message: text })], { title: "The most probable cut", ...(n === 4 ? { state: "timeout" as const } : {}) }),
]; // prettier-ignore

const results = names.map((name, n) => {
  const text = n === 8 ? hostile : "countPairs([])\ngave 1\nexpected 2";
  return submission(
    name,
    [
      lab("01", questions(n, text), { title: "Tokenization", file: "01-tokenization.ts" }),
      lab("02", [question("02/cosine", [check("02/cosine/hand", n % 3 ? 5 : 0, 5)], { title: "Cosine" })]),
    ],
    {
      submittedAt: `2026-11-${20 + (n % 3)}T12:00:00Z`,
      problems: n === 8 ? [hostile] : [],
      fixed: { "lab/checks": "0f".repeat(32) },
      ...(n === 7 ? { isolation: { by: "node", blocked: { read: true, write: true, network: false, processes: true, environment: true, memory: true } } } : {}),
    },
  );
}); // prettier-ignore

describe("the reports of a class in a real Chromium", function () {
  this.timeout(300_000);
  let browser: Browser | undefined;
  let folder = "";
  const faults: string[] = [];

  before(async function () {
    const found = await findBrowser();
    if (!("path" in found)) skipLoudly(this, found.reason, { failInCI: true });
    folder = mkdtempSync(join(tmpdir(), "lab report browser "));
    writeReports({
      results,
      out: folder,
      title: "Transformers, autumn",
      policy: {
        passMark: 50,
        deadline: "2026-11-20T23:00:00Z",
        late: { perDay: 10 },
        manual: [{ id: "01/essay", title: "Essay", max: 5 }],
      },
      marks: names.slice(2).map((learner) => ({
        learner,
        question: "01/essay",
        points: 4,
        comment: learner.startsWith("<") ? hostile : "Well said: `merge` is the word.",
        by: "M. Curie",
      })),
    });
    const args = ["--disable-gpu", "--disable-dev-shm-usage"];
    browser = await chromium.launch({ executablePath: found.path, args, chromiumSandbox: false });
    mkdirSync(screenshots, { recursive: true });
  });
  after(async () => {
    await browser?.close();
    if (folder !== "") rmSync(folder, { recursive: true, force: true });
  });
  afterEach(async () => {
    for (const context of browser?.contexts() ?? []) await context.close();
    assert.deepEqual(faults.splice(0), [], "the page has faults");
  });

  async function open(file: string, options: BrowserContextOptions = {}): Promise<Page> {
    const context = await browser!.newContext({
      viewport: { width: 1024, height: 768 },
      offline: true,
      ...options,
    });
    const page = await context.newPage();
    page.on("pageerror", (error) => faults.push(String(error)));
    page.on("dialog", (dialog) => faults.push(`dialog ${dialog.message()}`));
    page.on("console", (message) => message.type() === "error" && faults.push(message.text()));
    page.on("request", (request) => !request.url().startsWith("file:") && faults.push(`loads ${request.url()}`)); // prettier-ignore
    await page.goto(pathToFileURL(join(folder, file)).href);
    return page;
  }
  const column = (page: Page, n: number): Promise<string[]> =>
    page.locator(`table.sortable tbody tr > :nth-child(${n})`).allTextContents();
  const named = async (page: Page): Promise<string[]> =>
    (await page.locator("table.sortable tbody th a").allTextContents()).map((text) => text.trim());

  it("the table is sorted by keys alone: numbers from large to small first, names as people sort them", async () => {
    const page = await open("index.html");
    assert.deepEqual(await named(page), ["9", "10", "<b>eve</b>", "ana", "ben", "chloé", "dmitri", "emeka", "Zoë"].sort(new Intl.Collator("en", { numeric: true }).compare)); // prettier-ignore
    const points = page.locator("table.sortable").getByRole("button", { name: "Points" });
    await points.focus();
    await page.keyboard.press("Enter");
    const falling = (await column(page, 5)).map(Number);
    assert.deepEqual(
      falling,
      [...falling].sort((a, b) => b - a),
    );
    assert.ok(falling[0]! > falling.at(-1)!);
    assert.equal(await page.locator("#sorted").textContent(), "Sorted by Points, falling.");
    assert.equal(await page.locator("th[aria-sort=descending]").count(), 1);
    await page.keyboard.press("Enter");
    assert.deepEqual((await column(page, 5)).map(Number), [...falling].reverse());
    await page.locator("table.sortable").getByRole("button", { name: "State" }).press("Enter");
    const [first] = await column(page, 7);
    assert.match(first!, /out of time/);
    // A name leads to the learner's own page.
    await page.locator("table.sortable").getByRole("link", { name: "<b>eve</b>" }).click();
    await page.locator("h1", { hasText: "<b>eve</b>" }).waitFor();
    assert.equal(await page.locator("h1 b, main script, main img").count(), 0);
  });

  it("without its script every number stands there all the same", async () => {
    const page = await open("index.html", { javaScriptEnabled: false });
    assert.equal((await named(page)).length, names.length);
    assert.ok(await page.getByText(counted.slice(0, 27)).isVisible());
  });

  it("on a narrow screen and on paper nothing is cut off, and paper is light", async () => {
    for (const file of ["index.html", "learners/ana.html"]) {
      const page = await open(file, { viewport: { width: 400, height: 800 }, colorScheme: "dark" });
      assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= 400, file);
      await page.emulateMedia({ media: "print" });
      assert.equal(await page.evaluate(() => getComputedStyle(document.body).backgroundColor), "rgb(255, 255, 255)"); // prettier-ignore
      await page.setViewportSize({ width: 1024, height: 768 });
      await page.screenshot({ path: join(screenshots, `report-${file.replace(/\W+/g, "-")}-print.png`) });
    }
  });

  const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
  for (const colorScheme of ["light", "dark"] as const) {
    it(`accessible (axe: WCAG 2.2 A and AA, best practices), class and learner, ${colorScheme}`, async () => {
      for (const file of ["index.html", "learners/emeka.html"]) {
        const page = await open(file, { colorScheme, bypassCSP: true });
        await page.screenshot({ path: join(screenshots, `report-${file.replace(/\W+/g, "-")}-${colorScheme}.png`), fullPage: true }); // prettier-ignore
        await page.evaluate(() => document.querySelectorAll("details").forEach((one) => (one.open = true)));
        await page.evaluate(axe);
        const violations = await page.evaluate(async () => {
          const { axe } = globalThis as unknown as { axe: typeof import("axe-core") };
          const found = await axe.run();
          if (found.passes.length < 10) return [`only ${found.passes.length} rules were applied`];
          return found.violations.map((v) => `${v.id}: ${v.nodes.map((n) => `${n.target.join(" ")} ${n.html.slice(0, 200)}`).join(" | ")}`);
        }); // prettier-ignore
        assert.deepEqual(violations, [], file);
      }
    });
  }
});
