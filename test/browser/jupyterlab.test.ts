import assert from "node:assert/strict";
import { copyFileSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { listChapters } from "../../src/cli/notebook/chapters";
import { runNotebook } from "../../src/cli/notebook/execute";
import { skipLoudly } from "../helpers/skip";
import { errorTexts, findBrowser, LabServer, root, runAll, screenshot, scrollThrough } from "./lab";

const cells = [
  'import { linePlot, live, progress, show, tokenFigure } from "transformer-lab/lab";\n' +
    'show(linePlot({ name: "loss", y: [3.2, 2.1, 1.4, 1.1] }, { title: "Loss", x: "step", y: "loss (nats)" }));',
  'const text = "unhappy";\n' +
    'const pieces = [{ id: 403, token: "un", start: 0, end: 2 }, { id: 911, token: "happy", start: 2, end: 7 }];\n' +
    'show(tokenFigure({ name: "BPE", text, pieces, vocabSize: 1000 }));',
  'let n = 0;\nfor (const x of progress(Array.from({ length: 20 }, (_, i) => i), "counting")) {\n' +
    "  n += x;\n  await new Promise((next) => setTimeout(next, 20));\n}\n" +
    'const frame = live();\nframe.svg(\'<svg width="60" height="20"><rect width="60" height="20" fill="teal"/></svg>\', "a box");',
  "n",
];

/** Files beside this test: JupyterLab shows no hidden folders, so .lab/ does not serve. */
const temporary = (name: string) => join(__dirname, `tmp-${process.pid}-${name}`);

describe("JupyterLab in a real Chromium", function () {
  this.timeout(900_000); // chapter 07 takes two minutes, and six on a busy machine
  let lab: LabServer | undefined;
  const made: string[] = [];

  before(async function () {
    const found = await findBrowser();
    if (!("path" in found)) skipLoudly(this, found.reason, { failInCI: true });
    else lab = await LabServer.start(found.path);
  });
  afterEach(() => lab?.endKernels());
  after(async () => {
    await lab?.stop();
    for (const file of made) rmSync(file, { force: true });
  });

  const open = (file: string, workspace: string) =>
    lab!.open(relative(root, file).replaceAll("\\", "/"), workspace);

  const write = (name: string): string => {
    const notebook = {
      cells: cells.map((source, i) => ({
        cell_type: "code",
        id: `cell-${i}`,
        execution_count: null,
        metadata: {},
        outputs: [],
        source,
      })),
      metadata: {
        kernelspec: { display_name: "Transformer Lab (TypeScript)", language: "typescript", name: "lab" },
      },
      nbformat: 4,
      nbformat_minor: 5,
    };
    const file = temporary(name);
    writeFileSync(file, JSON.stringify(notebook));
    made.push(file);
    return file;
  };

  it("runs a notebook: the Plotly figure is drawn, the token figure answers, the bar and the live frame end", async () => {
    const page = await open(write("fresh.ipynb"), "fresh");
    await runAll(page, 90_000);
    assert.deepEqual(await errorTexts(page), []);
    await page.locator(".jp-Notebook .js-plotly-plot svg.main-svg").first().waitFor({ timeout: 60_000 });
    const line = page.locator(".js-plotly-plot .scatterlayer path.js-line");
    assert.match((await line.first().getAttribute("d")) ?? "", /^M.*L/, "the curve has points");

    const token = page.locator(".tl-tokens .tl-line span").nth(1);
    await token.scrollIntoViewIfNeeded();
    await token.hover();
    const detail = page.locator(".tl-tokens .tl-detail");
    await page.waitForFunction(() =>
      document.querySelector(".tl-tokens .tl-detail")?.textContent?.includes("911"),
    );
    assert.match((await detail.textContent()) ?? "", /Token 2 of 2/);

    await page.locator(".jp-OutputArea", { hasText: "counting 20/20, 100 %" }).waitFor();
    const image = page.locator('img.tl-image[alt="a box"]');
    await image.waitFor();
    assert.equal(await image.evaluate((node) => (node as HTMLImageElement).naturalWidth), 60);
    await page.locator(".jp-OutputArea-output", { hasText: /^190$/ }).waitFor();
    await screenshot(page, "jupyterlab");
    await page.close();
  });

  it("shows the figures of a notebook that is opened again and not trusted", async () => {
    const file = write("again.ipynb");
    assert.equal((await runNotebook(root, file, { timeout: 60, output: file })).ok, true);
    const page = await open(file, "again");
    await page.locator(".js-plotly-plot svg.main-svg").first().waitFor({ timeout: 60_000 });
    await scrollThrough(page);
    await screenshot(page, "jupyterlab-untrusted");
    assert.equal(await page.locator(".tl-line span").count(), 2);
    assert.equal(await page.locator('img[alt="a box"]').count(), 1);
    await page.close();
  });

  for (const { id, topic, notebook } of listChapters(root)) {
    it(`chapter ${id} runs to its end as shipped, every figure is drawn, every number in its band`, async function () {
      if (notebook === undefined)
        skipLoudly(this, `notebooks/${topic}.ipynb is not built: run \`npx lab build\``, { failInCI: true });
      const chapter = notebook!;
      const file = temporary(`chapter-${id}.ipynb`);
      made.push(file);
      copyFileSync(chapter, file);
      const page = await open(file, `chapter-${id}`);
      await runAll(page, 840_000);
      await scrollThrough(page);
      assert.deepEqual(await errorTexts(page), []);
      const missed = page.locator("tr", { hasText: "✗ out of band" });
      assert.deepEqual(await missed.allTextContents(), [], "numbers out of their band");
      const plots = page.locator('.jp-OutputArea-output[data-mime-type="application/vnd.plotly.v1+json"]');
      for (let i = 0; i < (await plots.count()); i++) {
        await plots.nth(i).scrollIntoViewIfNeeded();
        await plots.nth(i).locator("svg.main-svg").first().waitFor({ timeout: 60_000 });
      }
      // Plotly keeps an empty image (plot-img) beside each plot, for its own use.
      const broken = await page.evaluate(() =>
        Array.from(document.querySelectorAll<HTMLImageElement>(".jp-OutputArea-output img:not(.plot-img)"))
          .filter((image) => image.complete && image.naturalWidth === 0)
          .map(({ alt }) => alt),
      );
      assert.deepEqual(broken, [], "images that were not drawn");
      // Tables and reports have no script.
      const scripted =
        ".tl:is(.tl-tokens, .tl-merges, .tl-training, .tl-quiz, .tl-attention, .tl-broadcast, .tl-flipbook, .tl-program, .tl-next, .tl-drafts)";
      const html = page.locator(scripted);
      assert.ok((await html.count()) > 0, "interactive figures");
      assert.equal(
        await page.locator(`${scripted}:not([data-on])`).count(),
        0,
        "figures whose script did not start",
      );
      await page.locator(".jp-Notebook .jp-Cell").first().scrollIntoViewIfNeeded();
      await screenshot(page, `chapter-${id}-top`);
      if ((await plots.count()) > 0) await plots.first().scrollIntoViewIfNeeded();
      await screenshot(page, `chapter-${id}-plot`);
      await html.first().scrollIntoViewIfNeeded();
      await screenshot(page, `chapter-${id}-figure`);
      await page.close();
    });
  }
});
