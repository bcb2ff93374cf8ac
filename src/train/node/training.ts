/** Checkpoints of a run on disk, for Node. */
import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { z } from "zod";
import { tf } from "../../engine";
import { namedTensors } from "../../tree";
import { readSafetensors, writeSafetensors } from "../../checkpoints";
import { initAdamW } from "../adamw";
import type { AdamWState } from "../adamw";
import type { Training } from "../state";
import { readTree } from "../tree";

/** What the file says beside its tensors. */
const header = z.object({
  step: z.int().nonnegative(),
  key: z.tuple([z.int().nonnegative(), z.int().nonnegative()]),
  about: z.record(z.string(), z.unknown()),
});

/**
 * Writes all that a run needs to go on, bit for bit: parameters, AdamW's averages, the step and the key of its random
 * numbers. One safetensors file, written beside and then renamed: whoever is killed while writing keeps the old one.
 *
 * @param path a file such as "run/training.safetensors"; its folder is made
 * @param about plain data kept with it, such as the recipe or the last losses
 * @throws the system's error where the file cannot be written
 */
export async function saveTraining<P>(
  path: string,
  { params, optimizer, step, rng }: Training<P>,
  about: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const training = JSON.stringify({ step, key: rng.key, about });
  const tensors = Object.fromEntries(namedTensors({ params, optimizer }));
  await writeSafetensors(path, tensors, { metadata: { format: "pt", training } });
}

/**
 * Reads what `saveTraining` wrote.
 *
 * @param like parameters of the same names and shapes, such as `initGpt(config, rng)`; they are only looked at
 * @returns a new state, which owns its tensors, and what was kept with it
 * @throws Error that names the file, and the tensor that is missing, surplus or of another shape, with the cure
 */
export async function loadTraining<P>(
  path: string,
  like: P,
): Promise<{ state: Training<P>; about: Record<string, unknown> }> {
  if (!existsSync(path))
    throw new Error(
      `${path}: there is no checkpoint. Cure: check the folder, or start anew without resuming.`,
    );
  const file = await readSafetensors(path);
  const zeros = initAdamW(like);
  try {
    const { step, key, about } = readHeader(file.metadata["training"], path);
    const read = await readTree(file, path, { params: like, optimizer: zeros });
    const { params, optimizer } = read as { params: P; optimizer: AdamWState };
    return { state: { params, optimizer, step, rng: { key, drawn: 0 } }, about };
  } finally {
    tf.dispose(zeros);
    await file.close();
  }
}

function readHeader(text: string | undefined, path: string): z.infer<typeof header> {
  if (text === undefined)
    throw new Error(`${path}: it is no checkpoint of a training run: it has no "training" in its metadata.`);
  try {
    return header.parse(JSON.parse(text));
  } catch (error) {
    const said = error instanceof z.ZodError ? z.prettifyError(error) : (error as Error).message;
    throw new Error(`${path}: "training" in its metadata is damaged: ${said}`);
  }
}
