import { existsSync } from "node:fs";
import path from "node:path";
import readline from "node:readline";
import chokidar from "chokidar";
import type { Command } from "commander";
import { DEFAULT_LIMITS } from "../grade/sandbox";
import { painter } from "../grade/terminal";
import { openWatch, type Watch } from "../grade/watch/session";
import { findLab } from "../lab/checks";

/** `lab watch`: save, and see at once what is right, what is wrong, and what is next. */
export function registerWatch(program: Command): void {
  program
    .command("watch")
    .description("check an exercise whenever you save its lab; keys give hints and go on (? lists them)")
    .argument("[lab]", "the lab's number, e.g. 04 (default: the first that is not complete)")
    .action(async (name: string | undefined) => {
      try {
        await watch(path.resolve(__dirname, "..", ".."), name);
      } catch (error) {
        if (!(error instanceof RangeError)) throw error;
        console.error(error.message);
        process.exitCode = 1;
      }
    });
}

async function watch(root: string, name: string | undefined): Promise<void> {
  const folder = path.join(root, "labs");
  if (!existsSync(folder)) throw new RangeError("There is no folder labs/. `lab build --no-run` makes it.");
  const isTerminal = process.stdout.isTTY === true;
  const watched = openWatch({
    root,
    ...(name !== undefined && { lab: findLab(name) }),
    limits: DEFAULT_LIMITS,
    paint: painter(isTerminal && process.env["NO_COLOR"] === undefined),
    say: (text) => console.log(text),
    busy: (text) => void (isTerminal && process.stdout.write(`\r\x1b[K${text}`)),
    clear: () => void (isTerminal && process.stdout.write("\x1b[2J\x1b[H")),
  });
  await watched.begin();
  // Editors write in several steps; a save is one when the file has been quiet for a moment.
  const saves = chokidar.watch(folder, {
    ignoreInitial: true,
    depth: 0,
    awaitWriteFinish: { stabilityThreshold: 80, pollInterval: 20 },
  });
  const onSave = (file: string): void => {
    if (file.endsWith(".ts")) void watched.saved(path.basename(file, ".ts")).catch(tell);
  };
  saves.on("add", onSave).on("change", onSave).on("error", tell);
  if (!isTerminal) saves.on("ready", () => console.log("Watching labs/."));
  await keysUntilQuit(watched);
  await saves.close();
}

const tell = (error: unknown): void => console.error(error instanceof Error ? error.message : String(error));

/** Single keys where this is a terminal; elsewhere the characters that come in. Ends at q, Ctrl-C, or the input's end. */
function keysUntilQuit(watched: Watch): Promise<void> {
  const { stdin } = process;
  readline.emitKeypressEvents(stdin);
  if (stdin.isTTY) stdin.setRawMode(true);
  return new Promise((resolve) => {
    const end = (): void => {
      if (stdin.isTTY) stdin.setRawMode(false);
      stdin.destroy(); // a paused pipe would keep the process
      resolve();
    };
    stdin.on("keypress", (character: string | undefined, key: { name?: string; ctrl?: boolean }) => {
      if (character === "q" || (key.ctrl === true && key.name === "c")) end();
      else if (character !== undefined) void watched.press(character).catch(tell);
    });
    stdin.on("end", end);
    process.once("SIGTERM", end);
  });
}
