/** A model from a GGUF file: configuration, tokenizer and chat template stand in its metadata. */
import type { LlamaConfig } from "../models";
import type { Weight } from "../ops";
import type { TokenizerModel } from "../text";
import { type GgufHeader, type GgufValue, showValue } from "./gguf";
import { type GgufFile, openGguf } from "./gguf-files";
import { specialIds } from "./folder";
import { llamaFamily } from "./families/llama";
import { type Around, loadLlama, type LoadedLlama } from "./model";
import { llamaGgufNames } from "./names/llama";
import type { WeightSource } from "./names/types";
import { findChatTemplate, readGgufTokenizer } from "./tokenizers";

/**
 * Loads a LLaMA from its GGUF file; quantised weights become float32, or with "file" packed weights of the same values.
 *
 * @throws Error that names the file and the key or tensor: damaged, of another architecture or with a feature that we
 *   have not, weights that do not fit the configuration
 */
export async function loadGguf(path: string, weights?: "f32"): Promise<LoadedLlama>;
export async function loadGguf(path: string, weights: "f32" | "file"): Promise<LoadedLlama<Weight>>;
export async function loadGguf(path: string, weights: "f32" | "file" = "f32"): Promise<LoadedLlama<Weight>> {
  const file = await openGguf(path);
  try {
    const config = readGgufConfig(file, path);
    const plain = ggufWeights(file);
    const source = weights === "f32" ? plain : { ...plain, blocks: (name: string) => file.blocks(name) };
    return await loadLlama("llama", config, llamaGgufNames(config), source, surroundings(file, path));
  } finally {
    await file.close();
  }
}

const said = (value: GgufValue | undefined): string => (value === undefined ? "missing" : showValue(value));

/** Tensors of a GGUF file. */
export function ggufWeights(file: GgufFile): WeightSource {
  return {
    name: file.path,
    shapes: new Map(file.tensors.map(({ name, shape }) => [name, shape])),
    tensor: (name) => file.tensor(name),
  };
}

/**
 * The configuration in the metadata of a GGUF file of architecture "llama".
 *
 * @throws Error that names the file and the field
 */
export function readGgufConfig({ metadata, tensors }: GgufHeader, file: string): LlamaConfig {
  const architecture = metadata.get("general.architecture");
  if (architecture !== "llama")
    throw new Error(`${file}: general.architecture is ${said(architecture)}; only "llama" can be loaded.`);
  const scaling = metadata.get("llama.rope.scaling.type") ?? "none";
  if (scaling !== "none")
    throw new Error(`${file}: llama.rope.scaling.type is ${showValue(scaling)}; only "none" is supported.`);
  const shapes = new Map(tensors.map(({ name, shape }) => [name, shape]));
  const value = (key: string): unknown => metadata.get(`llama.${key}`);
  const needed = (key: string): unknown => {
    if (value(key) !== undefined) return value(key);
    throw new Error(`${file}: llama.${key} is missing.`);
  };
  // Said in the words of config.json, and checked by the same rules.
  const config = llamaFamily.read(
    {
      vocab_size: shapes.get("token_embd.weight")?.[0],
      hidden_size: needed("embedding_length"),
      intermediate_size: needed("feed_forward_length"),
      num_hidden_layers: needed("block_count"),
      num_attention_heads: needed("attention.head_count"),
      num_key_value_heads: value("attention.head_count_kv"),
      head_dim: value("attention.key_length"),
      max_position_embeddings: needed("context_length"),
      rms_norm_eps: needed("attention.layer_norm_rms_epsilon"),
      rope_theta: value("rope.freq_base"),
      tie_word_embeddings: !shapes.has("output.weight"),
    },
    `${file}: its metadata, in the words of config.json`,
  );
  const turned = value("rope.dimension_count") ?? config.headDim;
  if (turned !== config.headDim)
    throw new Error(
      `${file}: llama.rope.dimension_count is ${String(turned)}; only whole heads of ${config.headDim} are turned here.`,
    );
  return config;
}

function surroundings(file: GgufFile, path: string): Around {
  const { metadata } = file;
  const notes: string[] = [];
  let tokenizerModel: TokenizerModel | undefined;
  try {
    tokenizerModel = readGgufTokenizer(file, path);
  } catch (error) {
    notes.push((error as Error).message);
  }
  const jinja = metadata.get("tokenizer.chat_template");
  const chat = typeof jinja === "string" ? findChatTemplate(jinja) : undefined;
  if (jinja !== undefined && chat === undefined)
    notes.push(`${path}: its chat template is none that we know`);
  const id = (name: string): unknown => metadata.get(`tokenizer.ggml.${name}_token_id`);
  return {
    source: path,
    ...(tokenizerModel ? { tokenizerModel } : {}),
    ...(chat ? { chat } : {}),
    special: specialIds(id("bos"), id("eos"), id("padding")),
    notes,
  };
}
