/** Writing a model's folder as Hugging Face lays it out, so that Python's `transformers` loads it. */
import { randomBytes } from "node:crypto";
import { mkdir, open, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { tf } from "../engine";
import { families, type FamilyName } from "./families";
import { fromTree } from "./names/tree";
import type { NameTable } from "./names/types";
import type { SafetensorsOptions } from "./safetensors";
import { writeSafetensors } from "./safetensors-files";

type ConfigOf<F extends FamilyName> = Parameters<(typeof families)[F]["names"]>[0];

/** What is saved: a model that `loadModel` gave, or one of our own. */
export interface ModelToSave<F extends FamilyName> {
  readonly family: F;
  readonly config: ConfigOf<F>;
  readonly params: unknown;
}

export interface SaveOptions extends Pick<SafetensorsOptions, "dtype"> {
  /** Text of a tokenizer.json to put beside the weights. */
  readonly tokenizerJson?: string;
  /** Most bytes of a file of weights; above, they become shards with an index, as transformers' `max_shard_size`. */
  readonly shardBytes?: number;
}

/** What transformers' own limit is: 50 GB. */
const SHARD_BYTES = 50e9;
const bytesOf = { F32: 4, F16: 2, BF16: 2 } as const;

/**
 * Writes config.json, model.safetensors (or shards and their index) and, where it is given, tokenizer.json. Each file is
 * written whole or not at all; config.json comes last.
 *
 * ```ts
 * await saveModel("my-gpt", { family: "gpt2", config, params });
 * // AutoModelForCausalLM.from_pretrained("my-gpt")
 * ```
 * @throws Error that names the parameter that the family has no name for, lacks, or has in another shape; a
 *   configuration that the family cannot say
 */
export async function saveModel<F extends FamilyName>(
  folder: string,
  { family, config, params }: ModelToSave<F>,
  options: SaveOptions = {},
): Promise<void> {
  const { write, names, architecture, modelType } = families[family] as {
    write(config: ConfigOf<F>): Record<string, unknown>;
    names(config: ConfigOf<F>): NameTable;
    architecture: string;
    modelType: string;
  };
  const { dtype = "F32", shardBytes = SHARD_BYTES, tokenizerJson } = options;
  const dtypes = { F32: "float32", F16: "float16", BF16: "bfloat16" } as const;
  const json = {
    architectures: [architecture],
    model_type: modelType,
    dtype: dtypes[dtype],
    ...write(config),
  };
  const tensors = fromTree(params, names(config));
  try {
    await mkdir(folder, { recursive: true });
    await writeWeights(folder, tensors, shardBytes, { dtype, metadata: { format: "pt" } });
  } finally {
    tf.dispose(tensors);
  }
  if (tokenizerJson !== undefined) await writeText(join(folder, "tokenizer.json"), tokenizerJson);
  await writeText(join(folder, "config.json"), `${JSON.stringify(json, null, 2)}\n`);
}

async function writeWeights(
  folder: string,
  tensors: Readonly<Record<string, tf.Tensor>>,
  limit: number,
  options: SafetensorsOptions,
): Promise<void> {
  const each = bytesOf[options.dtype ?? "F32"];
  const shards: Record<string, tf.Tensor>[] = [];
  let room = 0;
  // A tensor that is larger than a shard has one of its own.
  for (const [name, tensor] of Object.entries(tensors)) {
    const bytes = tensor.size * each;
    if (shards.length === 0 || bytes > room) {
      shards.push({});
      room = limit;
    }
    (shards.at(-1) as Record<string, tf.Tensor>)[name] = tensor;
    room -= bytes;
  }
  const index = join(folder, "model.safetensors.index.json");
  if (shards.length === 1) {
    await writeSafetensors(join(folder, "model.safetensors"), tensors, options);
    await rm(index, { force: true });
    return;
  }
  const number = (i: number): string => String(i).padStart(5, "0");
  const map: Record<string, string> = {};
  for (const [i, shard] of shards.entries()) {
    const file = `model-${number(i + 1)}-of-${number(shards.length)}.safetensors`;
    await writeSafetensors(join(folder, file), shard, options);
    for (const name of Object.keys(shard)) map[name] = file;
  }
  const total = Object.values(tensors).reduce((sum, { size }) => sum + size * each, 0);
  await writeText(
    index,
    `${JSON.stringify({ metadata: { total_size: total }, weight_map: map }, null, 2)}\n`,
  );
  // A single file from before would be read in place of the shards.
  await rm(join(folder, "model.safetensors"), { force: true });
}

async function writeText(path: string, text: string): Promise<void> {
  const temporary = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString("hex")}.tmp`);
  try {
    const handle = await open(temporary, "wx");
    try {
      await handle.writeFile(text, "utf8");
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}
