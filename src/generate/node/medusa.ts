/** Trained heads on disk, for Node. */
import { existsSync } from "node:fs";
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { writeSafetensors } from "../../checkpoints";
import { tf } from "../../engine";
import { modelFolder } from "../../text/node/place";
import { writeWhole } from "../../text/node/files";
import { readTreeFile } from "../../train/node/tree";
import { disposeTree, namedTensors } from "../../tree";
import { initMedusa } from "../medusa/heads";
import type { MedusaHeads } from "../medusa/heads";

const configSchema = z.strictObject({
  /** The model whose states they read, by the name that loads it. */
  model: z.string().min(1),
  heads: z.int().min(1).max(64),
  dModel: z.int().positive(),
  vocabSize: z.int().positive(),
  /** Whether each head has an unembedding of its own. */
  own: z.boolean(),
});
export type MedusaConfig = z.infer<typeof configSchema>;

/** Writes heads.json and heads.safetensors (in bfloat16), each whole or not at all. */
export async function saveMedusa(
  folder: string,
  config: Pick<MedusaConfig, "model" | "vocabSize">,
  heads: MedusaHeads,
): Promise<void> {
  const [first] = heads.heads;
  if (!first) throw new RangeError("saveMedusa: there are no heads.");
  const whole: MedusaConfig = {
    ...config,
    heads: heads.heads.length,
    dModel: first.block.weight.shape[0] as number,
    own: first.tokens !== undefined,
  };
  await mkdir(folder, { recursive: true });
  writeWhole(join(folder, "heads.json"), `${JSON.stringify(whole, null, 2)}\n`);
  await writeSafetensors(join(folder, "heads.safetensors"), Object.fromEntries(namedTensors(heads)), {
    dtype: "BF16",
    metadata: { format: "pt" },
  });
}

/**
 * Heads that `saveMedusa` wrote; the caller disposes them.
 * @param place a folder, or the name of one below datasets/, such as "shakespeare-medusa"
 * @throws Error that names the file that is missing or wrong, and the cure
 */
export async function loadMedusa(place: string): Promise<{ config: MedusaConfig; heads: MedusaHeads }> {
  const folder = modelFolder(place, "heads.json");
  const path = join(folder, "heads.json");
  if (!existsSync(path))
    throw new Error(
      `${folder}: it holds no heads (no heads.json). Cure: "shakespeare-medusa", or a folder that saveMedusa wrote.`,
    );
  const config = parseConfig(await readFile(path, "utf8"), path);
  const { heads, dModel, vocabSize, own } = config;
  const like = tf.tidy(
    () => initMedusa({ heads, dModel, ...(own ? { own: tf.zeros([vocabSize, dModel]) } : {}) }) as never,
  ) as MedusaHeads;
  try {
    return { config, heads: await readTreeFile(join(folder, "heads.safetensors"), like) };
  } finally {
    disposeTree(like);
  }
}

function parseConfig(json: string, path: string): MedusaConfig {
  try {
    return configSchema.parse(JSON.parse(json));
  } catch (error) {
    const said = error instanceof z.ZodError ? z.prettifyError(error) : (error as Error).message;
    throw new Error(`${path}: it does not describe heads: ${said}`);
  }
}
