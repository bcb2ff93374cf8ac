import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { type Browser, chromium, type Page } from "playwright-core";
import { skipLoudly } from "../helpers/skip";
import { samples } from "../lab/figures/samples";
import { findBrowser, screenshots } from "./lab";

describe("cloud and angle in a real Chromium", function () {
  this.timeout(300_000);
  let browser: Browser | undefined;
  let page: Page;

  before(async function () {
    const found = await findBrowser();
    if (!("path" in found)) skipLoudly(this, found.reason, { failInCI: true });
    const args = ["--disable-gpu", "--disable-dev-shm-usage"];
    browser = await chromium.launch({ executablePath: found.path, args, chromiumSandbox: false });
    mkdirSync(screenshots, { recursive: true });
  });
  after(async () => browser?.close());

  async function open(name: string): Promise<void> {
    page = await (await browser!.newContext({ viewport: { width: 900, height: 800 } })).newPage();
    page.on("pageerror", (error) => assert.fail(String(error)));
    await page.setContent(`<!doctype html><body>${samples[name]!().html}</body>`);
  }
  const yaw = async (): Promise<number> => Number(await page.locator(".tl-cloud").getAttribute("data-yaw"));

  it("the cloud turns by arrow keys, buttons and dragging", async () => {
    await open("cloud");
    const start = await yaw();
    await page.locator(".tl-cloud svg").focus();
    await page.keyboard.press("ArrowRight");
    assert.ok(Math.abs((await yaw()) - start - 0.1) < 1e-6);
    await page.getByRole("button", { name: "Turn left" }).click();
    assert.ok(Math.abs((await yaw()) - start + 0.1) < 1e-6);
    const box = (await page.locator(".tl-cloud svg").boundingBox())!;
    await page.mouse.move(box.x + 200, box.y + 200);
    await page.mouse.down();
    await page.mouse.move(box.x + 350, box.y + 200, { steps: 3 });
    await page.mouse.up();
    assert.ok((await yaw()) > start + 0.7);
    assert.deepEqual((await page.locator(".tl-cloud svg text").allTextContents()).sort(), [
      "apple",
      "king",
      "man",
      "pear",
      "queen",
      "woman",
    ]);
    await page.screenshot({ path: join(screenshots, "cloud.png") });
  });

  it("the cosine follows the angle, and not the length", async () => {
    await open("angle");
    assert.match((await page.locator(".tl-say").textContent())!, /cosine 0.500.*dot product 0.750/);
    await page.locator(".tl-long").focus();
    await page.keyboard.press("Home");
    assert.match((await page.locator(".tl-say").textContent())!, /cosine 0.500.*dot product 0.100/);
    await page.locator(".tl-turned").focus();
    await page.keyboard.press("End");
    assert.match((await page.locator(".tl-say").textContent())!, /cosine −1.000.*dot product −0.200/);
    await page.screenshot({ path: join(screenshots, "angle.png") });
  });
});
