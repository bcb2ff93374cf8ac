/**
 * `npm run bench -- NAME [...]`: runs bench/NAME.bench.ts; without a name, says which there are. Set-up's progress goes
 * to stderr, so that `npm run --silent bench -- NAME --json` prints nothing but JSON.
 */
import { spawn } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { SetupError } from "./setup/cures.mjs";
import { pathsOf } from "./setup/paths.mjs";
import { setUp } from "./setup.mjs";

const paths = pathsOf();
const folder = path.join(paths.root, "bench");
const ending = ".bench.ts";
const [name, ...rest] = process.argv.slice(2);
const names = (fs.existsSync(folder) ? fs.readdirSync(folder) : [])
  .filter((file) => file.endsWith(ending))
  .map((file) => file.slice(0, -ending.length));

if (!name || !names.includes(name)) {
  const asked = name && !name.startsWith("-");
  if (asked) console.error(`There is no bench/${name}${ending}.`);
  console.error(`npm run bench -- NAME [--json], where NAME is one of: ${names.join(", ")}`);
  process.exit(asked ? 2 : 0);
}

try {
  await setUp();
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  process.exit(1);
}
const tsx = path.join(paths.nodeModules, "tsx", "dist", "cli.mjs");
const child = spawn(process.execPath, [tsx, path.join(folder, name + ending), ...rest], {
  cwd: paths.root,
  stdio: "inherit",
});
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => child.kill(signal));
child.on("close", (code) => (process.exitCode = code ?? 1));
