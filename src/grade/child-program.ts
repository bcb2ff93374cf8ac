import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { build } from "esbuild";
import { nodeFlags } from "./process";

/** The program of a learner's process, ready to be started beside many labs. */
export interface ChildProgram {
  /** Where it lies; the process must be able to read it. */
  readonly folder: string;
  readonly program: string;
  /** The text of the small file that lies beside a lab and starts it. */
  readonly start: string;
}

const programs = new Map<string, Promise<ChildProgram>>();

/** The child's program, for labs of tensors or of plain data; made once, since all labs of a kind have the same. */
export async function childProgram(tensors = false): Promise<ChildProgram> {
  const entry = path.join(__dirname, tensors ? "child-tensors" : "child-plain");
  const before = await programs.get(entry);
  // Systems tidy the folder for temporary files up while a long batch runs.
  if (before !== undefined && existsSync(before.program)) return before;
  const made = make(entry, tensors);
  programs.set(entry, made);
  return made;
}

async function make(entry: string, tensors: boolean): Promise<ChildProgram> {
  const folder = realpathSync(mkdtempSync(path.join(os.tmpdir(), "lab-child-")));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  const text = await bundleChild(entry);
  const program = path.join(folder, "program.js");
  writeFileSync(program, `(function (exports, require, module, __filename, __dirname) {${text}\n})`);
  // Most of the start with tensors is the compiling of tfjs, and the same each time.
  const cache = tensors ? compile(folder, program) : undefined;
  return { folder, program, start: startText(program, cache) };
}

/** The program as one text. */
export async function bundleChild(entry: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    minify: true,
    keepNames: true,
    platform: "node",
    target: "node20",
    format: "cjs",
    logLevel: "silent",
    tsconfigRaw: {},
  });
  return outputFiles[0]!.text;
}

/** Loads the program with V8's compiled code of it, where there is some. A cache that does not fit is left unused. */
function startText(program: string, cache: string | undefined): string {
  const cached = cache === undefined ? "" : `, cachedData: fs.readFileSync(${JSON.stringify(cache)})`;
  return `const fs = require("node:fs"), vm = require("node:vm"), program = ${JSON.stringify(program)};
new vm.Script(fs.readFileSync(program, "utf8"), { filename: program${cached} })
  .runInThisContext()(exports, require, module, __filename, __dirname);`;
}

/**
 * Runs the program once without a learner and keeps what V8 compiled. Only the grader's own code runs here. Undefined
 * where it does not work: then each start compiles, which is slower and no less right.
 */
function compile(folder: string, program: string): string | undefined {
  const cache = path.join(folder, "program.cache");
  const file = path.join(folder, "compile.cjs");
  // The program ends the process when nobody speaks to it: that moment is used.
  writeFileSync(
    file,
    `const fs = require("node:fs"), vm = require("node:vm"), program = ${JSON.stringify(program)};
const script = new vm.Script(fs.readFileSync(program, "utf8"), { filename: program });
process.once("exit", () => fs.writeFileSync(${JSON.stringify(cache)}, script.createCachedData()));
script.runInThisContext()(exports, require, module, __filename, __dirname);`,
  );
  const flags = [...nodeFlags(256, [folder]), `--allow-fs-write=${folder}/*`];
  spawnSync(process.execPath, [...flags, file], {
    env: {},
    stdio: ["ignore", "ignore", "ignore", "ignore"],
    timeout: 60_000,
  });
  rmSync(file, { force: true });
  return existsSync(cache) ? cache : undefined;
}
