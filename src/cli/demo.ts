import { spawn } from "node:child_process";
import path from "node:path";
import type { Command } from "commander";
import { buildDemo, startDemoServer } from "../demo/node";
import { findChapters } from "./notebook/chapters";
import { interrupted } from "./writing/interrupted";
import { whole } from "./numbers";

interface Options {
  readonly out: string;
  readonly port?: number;
  readonly host: string;
  readonly open: boolean;
  readonly build?: boolean;
  readonly chapter: readonly string[];
}

/** `lab demo`: the chapters as a site for the classroom, of pages and slides; built, served, opened. */
export function registerDemo(program: Command): void {
  program
    .command("demo")
    .description("build the chapters as pages and slides for a classroom, and serve them; Ctrl-C ends")
    .option(
      "--out <dir>",
      "where the site goes; it also opens from there without a server",
      path.join(".lab", "demo"),
    )
    .option(
      "--chapter <number>",
      "only this one, such as 04; can be given several times",
      (text: string, before: readonly string[]) => [...before, text],
      [],
    )
    .option("--build", "build, and do not serve")
    .option("--port <n>", "listen on this port (default: a free one)", whole(1))
    .option(
      "--host <address>",
      "listen on this address: others in the network can then see the site",
      "127.0.0.1",
    )
    .option("--open", "open a browser at it", true)
    .option("--no-open", "do not")
    .action(async (options: Options) => {
      try {
        await demo(path.resolve(__dirname, "..", ".."), options);
      } catch (error) {
        console.error((error as Error).message);
        process.exitCode = 1;
      }
    });
}

async function demo(root: string, options: Options): Promise<void> {
  const { out, chapter, build, port, host, open } = options;
  const folder = path.resolve(out);
  const topics = findChapters(root, chapter)
    .filter(({ notebook }) => notebook !== undefined)
    .map(({ topic }) => topic);
  const started = performance.now();
  const { index, made } = await buildDemo({ root, out: folder, topics, onProgress: console.error });
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  const shown = path.relative(process.cwd(), index) || index;
  console.log(
    `${shown}: ${made.length === 0 ? "up to date" : `${made.length} built in ${seconds} s`}; it opens from disk, too.`,
  );
  if (build) return;
  const server = await startDemoServer({ folder, host, ...(port === undefined ? {} : { port }) });
  if (!/^(127\.|localhost$|::1$)/.test(host))
    console.error(
      `Warning: listening on ${host}. Whoever reaches this machine can read the site; it holds the chapters and nothing of yours.`,
    );
  console.log(`Open ${server.url} (Ctrl-C ends)`);
  if (open) openBrowser(server.url);
  await interrupted();
  await server.close();
}

/** The system's own way to open an address. Where there is none, the printed address is enough. */
function openBrowser(url: string): void {
  const [program, ...args] =
    process.platform === "darwin" ? ["open"] : process.platform === "win32" ? ["cmd", "/c", "start", ""] : ["xdg-open"]; // prettier-ignore
  if (process.platform === "linux" && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY) return;
  const child = spawn(program!, [...args, url], { stdio: "ignore", detached: true });
  child.on("error", () => undefined);
  child.unref();
}
