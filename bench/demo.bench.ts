/** The classroom site: how heavy each chapter's page is, and how long a reader waits for its figures, from disk. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";
import { chromium, type Browser } from "playwright-core";
import { findChapters } from "../src/cli/notebook/chapters";
import { buildDemo } from "../src/demo/node";
import { findBrowser } from "../test/browser/lab";
import { bench, type Case, type Cases } from "./harness";

const root = join(__dirname, "..");
const only = process.argv.includes("--only") ? process.argv[process.argv.indexOf("--only") + 1] : "";
/** Those that are asked for: nothing else needs to be built. */
const topics = findChapters(root, []).map(({ topic }) => topic).filter((topic) => topic.includes(only ?? "")); // prettier-ignore

interface Site {
  readonly out: string;
  readonly browser: Browser;
}

let ready: Promise<Site> | undefined;

/** The site in a folder of its own, and one browser for all cases. */
const site = (): Promise<Site> => (ready ??= make());

async function make(): Promise<Site> {
  const found = await findBrowser();
  if (!("path" in found)) throw new Error(found.reason);
  const out = mkdtempSync(join(tmpdir(), "lab-demo-bench-"));
  await buildDemo({ root, out, topics, onProgress: (line) => process.stderr.write(`  ${line}\n`) });
  const args = ["--disable-gpu", "--disable-dev-shm-usage"];
  return {
    out,
    browser: await chromium.launch({ executablePath: found.path, args, chromiumSandbox: false }),
  };
}

/** Polled each frame in the page: the milliseconds from the start of the load until it is there. */
const FIRST = {
  "first figure is seen": `(() => { const one = document.querySelector(".out.figure"); if (!one) return false;
    const image = one.querySelector("img"); return one.getBoundingClientRect().height > 20 && (!image || image.complete); })()`,
  "first plot answers (Plotly)": `(() => { const one = document.querySelector(".plot"); if (!one) return false;
    one.scrollIntoView({ behavior: "instant" }); return one.querySelector(".main-svg :is(.trace, .hm)") !== null; })()`,
} as const;

async function first(topic: string, what: keyof typeof FIRST): Promise<number> {
  const { out, browser } = await site();
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  try {
    const page = await context.newPage();
    await page.addInitScript(`(function wait() {
      if (document.body && ${FIRST[what]}) window.firstSeen = performance.now(); else requestAnimationFrame(wait);
    })()`);
    await page.goto(pathToFileURL(join(out, "chapters", `${topic}.html`)).href);
    await page.waitForFunction("window.firstSeen !== undefined");
    return ((await page.evaluate("window.firstSeen")) as number) / 1000;
  } finally {
    await context.close();
  }
}

const kilobytes = (bytes: number): string => `${Math.round(bytes / 1024).toLocaleString("en")} KB`;

/** Bytes as they lie, and as a server that compresses would send them. */
function weight(files: readonly string[]): string {
  const whole = files.reduce((sum, file) => sum + statSync(file).size, 0);
  const packed = files.reduce((sum, file) => sum + gzipSync(readFileSync(file)).length, 0);
  return `${kilobytes(whole)} (${kilobytes(packed)} compressed)`;
}

async function chapterCase(topic: string): Promise<Case> {
  const { out } = await site();
  const page = ["html", "js"].map((ending) => join(out, "chapters", `${topic}.${ending}`));
  return {
    unit: "ms",
    contenders: Object.keys(FIRST).map((name) => ({
      name,
      run: () => first(topic, name as keyof typeof FIRST),
    })),
    notes: [`${topic}: ${weight(page)}`, sharedNote(out)],
  };
}

function sharedNote(out: string): string {
  const assets = join(out, "assets");
  const files = readdirSync(assets, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  const of = (test: (name: string) => boolean): string =>
    weight(files.map(({ parentPath, path, name }) => join(parentPath ?? path, name)).filter((name) => test(name.slice(assets.length + 1)))); // prettier-ignore
  return [
    `shared by all pages: style and scripts ${of((name) => /^(theme|page)\.js$|\.css$/.test(name))}`,
    `Plotly ${of((name) => name === "plotly.js")}, loaded with the first plot that comes near`,
    `fonts of formulas ${of((name) => name.endsWith(".woff2"))}, each where it is used`,
    `live models ${of((name) => /^(live\.js|models|wasm)/.test(name))}, each where it is started`,
  ].join("; ");
}

const cases: Cases = Object.fromEntries(topics.map((topic) => [topic, () => chapterCase(topic)]));

void bench("Classroom site", cases).then(async () => {
  if (!ready) return;
  const { out, browser } = await ready;
  await browser.close();
  rmSync(out, { recursive: true, force: true });
});
