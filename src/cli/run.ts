import { existsSync, statSync } from "node:fs";
import path from "node:path";
import { InvalidArgumentError, type Command } from "commander";
import { findChapters } from "./notebook/chapters";
import { runNotebook, type RunResult } from "./notebook/execute";
import { progressOn, runReport } from "./notebook/report";
import { seconds } from "./numbers";

interface Options {
  readonly json?: boolean;
  readonly timeout: number;
  readonly out?: string;
  readonly with?: string;
}

/** `lab run 01`: a chapter's notebook from top to bottom through the real kernel, without a browser. */
export function registerRun(program: Command): void {
  program
    .command("run")
    .description(
      "run notebooks from top to bottom, without a browser; exit code 0 only when every number is in its band",
    )
    .argument("<chapters...>", 'numbers such as 01, or "all"')
    .option("--json", "print the result as JSON and nothing else")
    .option("--timeout <seconds>", "how long one cell may take", seconds(), 600)
    .option("--out <file>", "write the executed notebook (.ipynb) to this file")
    .option("--with <folder>", "folder whose files answer for ./labs/, e.g. solutions", labsFolder)
    .action(async (wanted: string[], options: Options) => {
      try {
        process.exitCode = await run(path.resolve(__dirname, "..", ".."), wanted, options);
      } catch (error) {
        console.error(error instanceof Error ? error.message : String(error));
        process.exitCode = 1;
      }
    });
}

/** The exit code. */
async function run(root: string, wanted: readonly string[], options: Options): Promise<number> {
  const chapters = findChapters(root, wanted);
  if (options.out !== undefined && chapters.length > 1)
    throw new RangeError("--out takes one chapter, not several");
  const reports: object[] = [];
  let code = 0;
  for (const { topic, notebook, source } of chapters) {
    const file = (notebook ?? source)!;
    const result = await runNotebook(root, file, {
      timeout: options.timeout,
      ...(options.out !== undefined && { output: path.resolve(options.out) }),
      ...(options.with !== undefined && { labs: options.with }),
      ...((options.json !== true || process.stderr.isTTY) && { onEvent: progressOn(process.stderr, topic) }),
    });
    if (options.json === true) reports.push(jsonReport(root, file, result));
    else console.log(`${runReport(root, file, result)}\n`);
    if (result.stopped) code = 130;
    else if (!result.ok) code = 1;
    if (result.stopped) break;
  }
  if (options.json === true)
    console.log(JSON.stringify(reports.length === 1 ? reports[0] : reports, null, 2));
  return code;
}

function jsonReport(
  root: string,
  file: string,
  { ok, seconds, measured, failure, stopped }: RunResult,
): object {
  return {
    notebook: path.relative(root, file),
    ok,
    seconds,
    measured,
    ...(failure && { failure }),
    ...(stopped && { stopped }),
  };
}

function labsFolder(text: string): string {
  const folder = path.resolve(text);
  if (!existsSync(folder) || !statSync(folder).isDirectory()) {
    throw new InvalidArgumentError("There is no such folder.");
  }
  return folder;
}
