import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const root = join(__dirname, "..");
const venv = join(root, ".lab", "bench-venv");
const python = join(venv, process.platform === "win32" ? "Scripts/python.exe" : "bin/python");

/** What the benches compare with, pinned. It is no part of the lab. */
const packages = ["tokenizers==0.23.3"];

function run(command: string, args: readonly string[], input?: string): string {
  const done = spawnSync(command, args, { encoding: "utf8", input, maxBuffer: 2 ** 26 });
  if (done.error ?? done.status !== 0) {
    throw new Error(`${command} ${args[0]}: ${done.error?.message ?? done.stderr.trim().split("\n").at(-1)}`);
  }
  return done.stdout;
}

/** Runs a Python program in the benches' own environment, which the first call makes. Gives what it printed as JSON. */
export function runPython<T>(program: string, input: unknown): T {
  const stamp = join(venv, "packages.txt");
  if (!existsSync(stamp) || readFileSync(stamp, "utf8") !== packages.join("\n")) {
    process.stderr.write(`Installing ${packages.join(", ")} for the comparison ...\n`);
    mkdirSync(join(root, ".lab"), { recursive: true });
    if (!existsSync(python)) run("python3", ["-m", "venv", venv]);
    run(python, ["-m", "pip", "install", "--quiet", ...packages]);
    writeFileSync(stamp, packages.join("\n"));
  }
  return JSON.parse(run(python, ["-c", program], JSON.stringify(input))) as T;
}
