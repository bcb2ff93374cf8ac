import { spawnSync } from "node:child_process";
import { join } from "node:path";

export const root = join(__dirname, "..", "..");

/** What a child process said and how it ended. */
export interface Ended {
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
}

/**
 * Runs CommonJS code in a fresh process whose `require("./src/...")` reads the sources: an engine is loaded once for
 * a whole process, so what happens before that can only be seen in a new one. `code` may use await.
 * A variable given as "" is unset.
 */
export function inChild(code: string, env: Readonly<Record<string, string>> = {}, cwd = root): Ended {
  const all: NodeJS.ProcessEnv = { ...process.env, LAB_ENGINE: "", ...env };
  for (const [name, value] of Object.entries(all)) if (value === "") delete all[name];
  const wrapped = `(async () => { ${code} })().catch((error) => { console.error(error); process.exitCode = 1; });`;
  const tsx = require.resolve("tsx/cjs");
  const run = spawnSync(process.execPath, ["--require", tsx, "-e", wrapped], {
    cwd,
    env: all,
    encoding: "utf8",
  });
  return { status: run.status, out: run.stdout, err: run.stderr };
}

/** The JSON that the code printed; throws with what the child said where it failed. */
export function jsonOf<T>({ status, out, err }: Ended): T {
  if (status !== 0) throw new Error(`the child process ended with ${status}:\n${out}\n${err}`);
  return JSON.parse(out) as T;
}

/** Makes `require(name)` fail as if the package were not installed. */
export const without = (name: string): string => `
  const Module = require("node:module");
  const resolve = Module._resolveFilename;
  Module._resolveFilename = function (request, ...rest) {
    if (request !== ${JSON.stringify(name)}) return resolve.call(this, request, ...rest);
    throw Object.assign(new Error("Cannot find module '" + request + "'"), { code: "MODULE_NOT_FOUND" });
  };`;
