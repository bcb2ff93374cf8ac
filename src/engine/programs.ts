import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, rmSync, statfsSync, statSync, utimesSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { projectRoot } from "./setup-record";

/**
 * Compiled programs outlive the process: TensorFlow keeps what XLA compiled in a folder and reads it back where the same
 * program is compiled again. A decoding step of SmolLM2 with 4-bit weights takes half a minute to compile, of which a
 * quarter is left. Node only.
 */

/** What the folder may hold, and what must be free on its disk. */
const mostBytes = 1e9;
const leastFree = 2e9;

let folder: string | undefined;

/**
 * Has TensorFlow keep its programs; before its library is loaded, because it reads its settings once. Nothing is kept
 * where the user says LAB_PROGRAMS=off (or names another folder there) or sets TF_XLA_FLAGS, where the disk is nearly
 * full or cannot be written to: TensorFlow would fail there, not go on without.
 * @returns the folder, where there is one
 */
export function keepPrograms(env: NodeJS.ProcessEnv = process.env): string | undefined {
  if (env["LAB_PROGRAMS"] === "off") return undefined;
  const root = path.resolve(env["LAB_PROGRAMS"] || path.join(projectRoot, ".lab", "programs"));
  const kept = path.join(root, machineKey(env));
  const flag = `--tf_xla_persistent_cache_directory="${kept}"`;
  // A process that the lab starts inherits the flag.
  if (env["TF_XLA_FLAGS"] !== undefined && env["TF_XLA_FLAGS"] !== flag) return undefined;
  try {
    mkdirSync(kept, { recursive: true });
    const { bavail, bsize } = statfsSync(kept);
    if (bavail * bsize < leastFree) return undefined;
    pruneDaily(root);
  } catch {
    return undefined;
  }
  env["TF_XLA_FLAGS"] = flag;
  return (folder = kept);
}

/** A program is made for a processor with its instructions, for a number of threads and by a version of TensorFlow. */
function machineKey(env: NodeJS.ProcessEnv): string {
  const [cpu] = os.cpus();
  const parts = [process.arch, cpu?.model, instructions(), os.cpus().length, env["TF_NUM_INTRAOP_THREADS"]];
  const engine = path.join(projectRoot, ".lab", "engine.json");
  parts.push(statSync(engine, { throwIfNoEntry: false })?.mtimeMs);
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 12);
}

/** What the processor can do, where the system tells (Linux). */
function instructions(): string {
  try {
    return /^(?:flags|Features)\s*:.*$/m.exec(readFileSync("/proc/cpuinfo", "utf8"))?.[0] ?? "";
  } catch {
    return "";
  }
}

/** To look at thousands of files would delay each start. When it was last done is the folder's own time. */
function pruneDaily(root: string): void {
  const now = new Date();
  if (now.getTime() - statSync(root).mtimeMs < 24 * 3600e3) return;
  utimesSync(root, now, now);
  prune(root, mostBytes);
}

/** Removes the oldest files until the others take at most `most` bytes. */
export function prune(root: string, most: number): void {
  const files = readdirSync(root, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath ?? entry.path, entry.name))
    .flatMap((file) => {
      const { size, mtimeMs } = statSync(file, { throwIfNoEntry: false }) ?? {};
      return size === undefined ? [] : [{ file, size, time: mtimeMs as number }];
    })
    .sort((a, b) => b.time - a.time);
  let total = 0;
  for (const { file, size } of files) if ((total += size) > most) rmSync(file, { force: true });
}

/**
 * After a program did not compile: whether that was for a damaged file of the folder, which is emptied then, so that
 * the same call can be made again.
 * @throws Error with the cure, where the folder can no longer be written to
 */
export function mendPrograms(error: unknown): boolean {
  if (folder === undefined || !(error instanceof Error)) return false;
  if (/Serialized cache|Read less bytes|Can't parse/.test(error.message)) {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    return true;
  }
  if (error.message.includes("xla_compile_cache") || error.message.includes(folder))
    throw new Error(
      `A compiled program could not be kept in ${folder} (${error.message.split("; ").at(-1)}). ` +
        "Cure: free disk space, or set LAB_PROGRAMS=off",
      { cause: error },
    );
  return false;
}
