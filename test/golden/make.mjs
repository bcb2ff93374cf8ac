/**
 * Makes the golden values: what independent implementations (PyTorch's `transformers`, Rust's `tokenizers`,
 * `sentencepiece`, `tiktoken`, `jinja2`) say, stored as small JSON beside the scripts. Run it to renew them; the tests
 * only read the JSON.
 *
 *   node test/golden/make.mjs            every script of this folder
 *   node test/golden/make.mjs unigram    only unigram.py
 *
 * The pinned packages go to .lab/reference-venv (6 GB, as PyTorch comes with CUDA on Linux), which is made on the first
 * run and is no part of the lab.
 */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, "..", "..");
const venv = join(root, ".lab", "reference-venv");
const python = join(venv, process.platform === "win32" ? "Scripts/python.exe" : "bin/python");
const requirements = join(here, "requirements.txt");
const stamp = join(venv, "requirements.txt");

function run(command, args) {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: "inherit" });
  if (error || status !== 0) {
    console.error(`${command} ${args.join(" ")} failed: ${error?.message ?? `exit code ${status}`}`);
    process.exit(1);
  }
}

const wanted = readFileSync(requirements, "utf8");
if (!existsSync(stamp) || readFileSync(stamp, "utf8") !== wanted) {
  if (!existsSync(python)) run("python3", ["-m", "venv", venv]);
  run(python, ["-m", "pip", "install", "--quiet", "-r", requirements]);
  writeFileSync(stamp, wanted);
}

const all = readdirSync(here)
  .filter((file) => file.endsWith(".py") && !file.startsWith("_"))
  .map((file) => file.slice(0, -3));
const names = process.argv.slice(2).length ? process.argv.slice(2) : all;
for (const name of names) {
  if (!all.includes(name)) {
    console.error(`No golden script "${name}"; there are ${all.join(", ")}.`);
    process.exit(1);
  }
  console.log(`golden: ${name}`);
  run(python, [join(here, `${name}.py`)]);
}
