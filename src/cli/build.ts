import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Command } from "commander";
import { z } from "zod";
import { buildLabs, makeLab } from "./labs";
import { findChapters, listChapters } from "./notebook/chapters";
import { runNotebook } from "./notebook/execute";
import { runPython } from "./notebook/python";
import { progressOn, runReport } from "./notebook/report";
import { seconds } from "./numbers";

export interface BuildOptions {
  readonly check?: boolean;
  readonly run: boolean;
  readonly force?: boolean;
  readonly timeout: number;
}

/** `lab build`: what is generated from its sources: labs/ from solutions/, .ipynb from notebooks/NN-topic.ts. */
export function registerBuild(program: Command): void {
  program
    .command("build")
    .description("make labs/ from solutions/, and the notebooks from their sources, executed")
    .argument("[chapters...]", "numbers such as 01 (default: all)")
    .option("--check", "change nothing; exit code 1 where something is out of date")
    .option("--no-run", "do not execute the notebooks")
    .option("--force", "execute also where the cells are the same as before")
    .option("--timeout <seconds>", "how long one cell may take", seconds(), 600)
    .action(async (wanted: string[], options: BuildOptions) => {
      try {
        process.exitCode = (await build(path.resolve(__dirname, "..", ".."), wanted, options)) ? 0 : 1;
      } catch (error) {
        console.error(error instanceof Error ? error.message : String(error));
        process.exitCode = 1;
      }
    });
}

async function build(root: string, wanted: readonly string[], options: BuildOptions): Promise<boolean> {
  const chapters = listChapters(root).length === 0 && wanted.length === 0 ? [] : findChapters(root, wanted);
  const check = options.check === true;
  let ok = true;
  for (const line of await buildLabs(root, { check })) {
    console.log(line);
    if (check) ok = false;
  }
  for (const { source } of chapters) {
    if (source !== undefined) ok = (await buildNotebook(root, source, options)) && ok;
  }
  if (check) console.log(ok ? "Everything is up to date." : "Out of date. Run: npx lab build");
  return ok;
}

const converted = z.object({ same: z.boolean(), executed: z.boolean() });

/** Makes the .ipynb beside a source. False where it is out of date (check) or a cell failed; then it stays as it was. */
export async function buildNotebook(root: string, source: string, options: BuildOptions): Promise<boolean> {
  const topic = path.basename(source, ".ts");
  const final = source.replace(/\.ts$/, ".ipynb");
  const shown = path.relative(root, final);
  const work = path.join(root, ".lab", "build");
  const draft = path.join(work, `${topic}.draft.ipynb`);
  const executed = path.join(work, `${topic}.executed.ipynb`);
  mkdirSync(work, { recursive: true });
  try {
    let state = { same: false, executed: false };
    await tool(
      root,
      ["convert", source, final, draft],
      (line) => (state = converted.parse(JSON.parse(line))),
    );
    if (options.check === true) {
      if (!state.same) console.log(`${shown} is not made from the present ${topic}.ts`);
      return state.same;
    }
    const needsRun = options.run && (options.force === true || !state.executed);
    if (!needsRun && state.same) {
      console.log(`${shown} is up to date`);
      return true;
    }
    if (needsRun) {
      const onEvent = progressOn(process.stderr, topic);
      const labs = freshLabs(root, path.join(work, "labs"));
      const result = await runNotebook(root, draft, {
        timeout: options.timeout,
        output: executed,
        labs,
        onEvent,
      });
      if (!result.ok) {
        console.log(`${runReport(root, source, result)}\n\n${shown} was left as it was.`);
        return false;
      }
    }
    await tool(root, ["finish", needsRun ? executed : draft, final]);
    console.log(`${shown} was made${needsRun ? " and executed" : ", without outputs"}`);
    return true;
  } finally {
    for (const file of [draft, executed]) rmSync(file, { force: true });
  }
}

/** The labs as shipped: what a built notebook shows must not depend on how far somebody's own labs/ are. */
export function freshLabs(root: string, folder: string): string {
  mkdirSync(folder, { recursive: true });
  for (const name of readdirSync(path.join(root, "solutions")).filter((file) =>
    /^\d\d-[\w-]+\.ts$/.test(file),
  )) {
    const solutions = readFileSync(path.join(root, "solutions", name), "utf8").replace(/\r\n/g, "\n");
    writeFileSync(path.join(folder, name), makeLab(name, solutions));
  }
  return folder;
}

async function tool(root: string, args: readonly string[], onLine?: (line: string) => void): Promise<void> {
  const { status, complaints } = await runPython(root, "build_notebook.py", args, onLine && { onLine });
  if (status !== 0) throw new Error(`build_notebook.py ${args[0]} failed:\n${complaints.trim()}`);
}
