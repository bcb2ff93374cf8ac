/** Where pulled models lie: a folder each, with a record that is written last. */
import { mkdir, readdir, rename, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { projectRoot } from "../../engine/setup-record";
import { readJson } from "../files";
import type { PulledModel } from "./types";

export const defaultModels = join(projectRoot, ".lab", "models");

/** Wheels that other tools of the project have fetched already. */
export const wheelCaches: readonly string[] = [join(projectRoot, ".lab", "reference-models")];

const RECORD = "pulled.json";

const record = z.object({
  name: z.string().min(1),
  source: z.string(),
  files: z.array(
    z.object({
      file: z.string().regex(/^[^/\\:\0]+$/),
      bytes: z.int().nonnegative(),
      hash: z.object({ kind: z.enum(["sha256", "git"]), hex: z.string().regex(/^[0-9a-f]+$/) }),
    }),
  ),
});

/** The model in a folder, if one was pulled whole: its record, and each file with its size. */
export async function pulledIn(folder: string): Promise<PulledModel | undefined> {
  let found: PulledModel;
  try {
    found = record.parse(readJson(join(folder, RECORD)));
  } catch {
    return undefined; // not pulled, not to the end, or damaged: pulled again
  }
  for (const { file, bytes } of found.files) {
    const size = await stat(join(folder, file)).then(
      (info) => info.size,
      () => -1,
    );
    if (size !== bytes) return undefined;
  }
  return found;
}

/** Says that a model is whole. */
export async function writeRecord(folder: string, model: PulledModel): Promise<void> {
  await mkdir(folder, { recursive: true });
  const temporary = join(folder, `.${RECORD}.${process.pid}.tmp`);
  await writeFile(temporary, `${JSON.stringify(model, null, 2)}\n`);
  await rename(temporary, join(folder, RECORD));
}

/** All models that were pulled, by name; those of a hub have two parts. */
export async function pulledModels(models = defaultModels): Promise<PulledModel[]> {
  const found: PulledModel[] = [];
  const folders = async (folder: string): Promise<string[]> =>
    (await readdir(folder, { withFileTypes: true }).catch(() => []))
      .filter((entry) => entry.isDirectory())
      .map((entry) => join(folder, entry.name))
      .sort();
  for (const folder of await folders(models)) {
    for (const each of [folder, ...(await folders(folder))]) {
      const model = await pulledIn(each);
      if (model) found.push(model);
    }
  }
  return found;
}
