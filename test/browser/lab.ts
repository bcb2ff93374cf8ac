import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";
import { freshLabs } from "../../src/cli/build";

export const root = resolve(__dirname, "..", "..");
export const screenshots = join(root, ".lab", "screenshots");

/** The parts of tools/setup/ that the tests use; they are plain JavaScript modules. */
interface SetupTools {
  pathsOf(root: string): { readonly root: string; readonly state: string };
  ensureChromium(options: { root: string }): Promise<{ path: string } | { reason: string }>;
  freePort(from: number): Promise<number>;
  startServer(options: { paths: object; env: NodeJS.ProcessEnv; port: number; browser: boolean }): {
    ready(): Promise<string>;
    stop(): Promise<void>;
  };
}

async function setupTools(): Promise<SetupTools> {
  const load = (name: string) => import(pathToFileURL(join(root, "tools", "setup", name)).href);
  const modules = await Promise.all(["paths.mjs", "chromium.mjs", "jupyter-server.mjs"].map(load));
  return Object.assign({}, ...modules) as SetupTools;
}

export async function findBrowser(): Promise<{ path: string } | { reason: string }> {
  return (await setupTools()).ensureChromium({ root });
}

/** JupyterLab exactly as `npm start` runs it, but with settings and trust of its own, and a browser beside it. */
export class LabServer {
  private constructor(
    readonly browser: Browser,
    private readonly address: URL,
    private readonly stopServer: () => Promise<void>,
  ) {}

  static async start(chromiumPath: string): Promise<LabServer> {
    const tools = await setupTools();
    mkdirSync(join(root, ".lab"), { recursive: true });
    const state = mkdtempSync(join(root, ".lab", "browser-test-"));
    const paths = { ...tools.pathsOf(root), state };
    // The chapter is tested with the labs as shipped, however far a learner's own are.
    const labs = freshLabs(root, join(state, "labs"));
    const server = tools.startServer({
      paths,
      env: { ...process.env, LAB_LABS: labs },
      port: await tools.freePort(18_888),
      browser: false,
    });
    const stop = async () => {
      await server.stop();
      rmSync(state, { recursive: true, force: true });
    };
    try {
      const address = new URL(await server.ready());
      const args = [
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--no-first-run",
        "--disable-background-networking",
      ];
      args.push("--disable-component-update", "--disable-sync");
      const browser = await chromium.launch({ executablePath: chromiumPath, args, chromiumSandbox: false });
      return new LabServer(browser, address, stop);
    } catch (error) {
      await stop();
      throw error;
    }
  }

  async stop(): Promise<void> {
    await this.browser.close();
    await this.stopServer();
  }

  /** Ends the kernels of all notebooks: each keeps up to 3 GB, and closing its page leaves it running. */
  async endKernels(): Promise<void> {
    const headers = { authorization: `token ${this.address.searchParams.get("token") ?? ""}` };
    const sessions = `${this.address.origin}/api/sessions`;
    const open = (await (await fetch(sessions, { headers })).json()) as { id: string }[];
    for (const { id } of open) {
      const { status } = await fetch(`${sessions}/${id}`, { method: "DELETE", headers });
      if (status !== 204) throw new Error(`the server does not end session ${id}: ${status}`);
    }
  }

  /** Opens a notebook, given from the project root, in a workspace of its own, and waits until its kernel is idle. */
  async open(notebook: string, workspace: string): Promise<Page> {
    const page = await this.browser.newPage({ viewport: { width: 1280, height: 1000 } });
    const token = this.address.searchParams.get("token") ?? "";
    const url = `${this.address.origin}/lab/workspaces/${workspace}/tree/${notebook}?token=${token}`;
    await page.goto(url);
    await page.locator(".jp-Notebook .jp-Cell").first().waitFor({ timeout: 60_000 });
    await idle(page);
    return page;
  }
}

/** The status line says so; the sign in the toolbar also rests while the kernel is not connected yet. */
const idle = (page: Page) =>
  page.locator("#jp-main-statusbar", { hasText: "(TypeScript) | Idle" }).waitFor({ timeout: 60_000 });

/** Menu "Run", "Run All Cells"; returns when every code cell has its number and the kernel rests. */
export async function runAll(page: Page, timeout: number): Promise<void> {
  await page.locator(".lm-MenuBar-item", { hasText: /^Run$/ }).click();
  await page.locator('.lm-Menu-item[data-command="runmenu:run-all"]').click();
  const deadline = Date.now() + timeout;
  for (;;) {
    const left = await promptsLeft(page);
    if (left.length === 0) break;
    if (Date.now() > deadline)
      throw new Error(`cells that did not end within ${timeout / 1000} s: ${left.join(" ")}`);
    await page.waitForTimeout(300);
  }
  await idle(page);
}

/** The prompts that are not a number yet: "[ ]:" or "[*]:". Cells without code have none. */
async function promptsLeft(page: Page): Promise<string[]> {
  const prompts = await page.locator(".jp-Notebook .jp-CodeCell .jp-InputPrompt").allTextContents();
  return prompts.filter((text) => !/^\[\d+\]:$/.test(text.trim()));
}

/** Goes through the whole notebook once, so that everything in it is drawn. */
export async function scrollThrough(page: Page): Promise<void> {
  const count = await page.locator(".jp-Notebook .jp-Cell").count();
  for (let i = 0; i < count; i++) {
    await page.locator(".jp-Notebook .jp-Cell").nth(i).scrollIntoViewIfNeeded();
    await page.waitForTimeout(60);
  }
}

export async function screenshot(page: Page, name: string): Promise<void> {
  mkdirSync(screenshots, { recursive: true });
  await page.screenshot({ path: join(screenshots, `${name}.png`) });
}

/** The texts of all error outputs: a red one, or anything on standard error. */
export async function errorTexts(page: Page): Promise<string[]> {
  const errors = page.locator(
    '[data-mime-type="application/vnd.jupyter.error"], [data-mime-type="application/vnd.jupyter.stderr"]',
  );
  return (await errors.allTextContents()).map((text) => text.trim());
}
