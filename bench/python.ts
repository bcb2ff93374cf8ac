import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const root = join(__dirname, "..");
// Set-up has made this environment, whatever way its Python allows; the packages lie apart and are no part of the lab.
const pythonIn = (environment: string) =>
  join(environment, process.platform === "win32" ? "Scripts/python.exe" : "bin/python");
const python = pythonIn(join(root, ".venv"));
const folder = join(root, ".lab", "bench-packages");

/** What the benches compare with, pinned. They need none of the packages that they name. */
const packages = ["tokenizers==0.23.3"];

function run(args: readonly string[], input?: string): string {
  const env = { ...process.env, PYTHONPATH: folder };
  const done = spawnSync(python, args, { encoding: "utf8", input, env, maxBuffer: 2 ** 26 });
  if (done.error) throw new Error(`${python}: ${done.error.message}. \`npm run setup\` makes it.`);
  if (done.status !== 0) {
    const last = done.stderr.trim().split("\n").at(-1);
    throw new Error(
      `${args.includes("pip") ? "pip" : "python"} ended with ${done.status ?? done.signal}: ${last}`,
    );
  }
  return done.stdout;
}

/** PyTorch lies in an environment of its own: with all that its wheel brings for a card it has several GB. */
const torchFolder = join(root, ".lab", "bench-venv");
const torchPackages = ["torch==2.15.0", "numpy==2.2.6"];

/**
 * The interpreter of an environment with PyTorch, which the first call makes (one to a few minutes). One that was
 * interrupted is made again; pip has kept what it downloaded.
 * @throws Error with what pip said
 */
export function pythonWithTorch(): string {
  const interpreter = pythonIn(torchFolder);
  const stamp = join(torchFolder, "installed.txt");
  const wanted = torchPackages.join("\n");
  if (existsSync(interpreter) && existsSync(stamp) && readFileSync(stamp, "utf8") === wanted)
    return interpreter;
  process.stderr.write(`Installing ${torchPackages.join(", ")} for the comparison (several GB, once) ...\n`);
  rmSync(torchFolder, { recursive: true, force: true });
  // Without pip of its own: some systems' Python cannot give one to a new environment. Set-up's pip installs into it.
  run(["-m", "venv", "--without-pip", torchFolder]);
  run(["-m", "pip", "--python", interpreter, "install", "--quiet", ...torchPackages]);
  writeFileSync(stamp, wanted);
  return interpreter;
}

/** Adds packages to the environment of an interpreter. @throws Error with what pip said */
export function pythonPackages(interpreter: string, wanted: readonly string[]): void {
  run(["-m", "pip", "--python", interpreter, "install", "--quiet", ...wanted]);
}

/** Runs a Python program with the packages, which the first call installs. Gives what it printed as JSON. */
export function runPython<T>(program: string, input: unknown): T {
  const stamp = join(folder, "installed.txt");
  if (!existsSync(stamp) || readFileSync(stamp, "utf8") !== packages.join("\n")) {
    process.stderr.write(`Installing ${packages.join(", ")} for the comparison ...\n`);
    rmSync(folder, { recursive: true, force: true });
    run(["-m", "pip", "install", "--quiet", "--no-deps", "--target", folder, ...packages]);
    writeFileSync(stamp, packages.join("\n"));
  }
  return JSON.parse(run(["-c", program], JSON.stringify(input))) as T;
}
