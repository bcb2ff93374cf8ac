/** The models that `lab generate` and `lab chat` write with. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { loadModel } from "../../checkpoints";
import type { LoadedGpt, LoadedLlama } from "../../checkpoints";
import { useEngine } from "../../engine";
import type { EngineName } from "../../engine";
import { decoderOf, trainedDecoder } from "../../generate";
import type { Decoder } from "../../models";
import type { Tokenizer } from "../../text";
import { labFolder } from "../../text/node/place";
import { loadTrained } from "../../train/node";
import { disposeTree } from "../../tree";
import { progressLine } from "../model";
import { status } from "./status";

export interface Writer {
  readonly name: string;
  readonly decoder: Decoder;
  readonly tokenizer: Tokenizer;
  /** Ids that end an answer. */
  readonly end: readonly number[];
  /** As it was loaded, where it is a published one: a chat needs it. */
  readonly published?: LoadedGpt | LoadedLlama;
  /** What computes, e.g. "tensorflow, AMD EPYC". */
  readonly engine: string;
  readonly loadSeconds: number;
  dispose(): void;
}

/**
 * Loads a model by the name of one: "smollm2-135m-instruct", "shakespeare-char" or another below datasets/, org/name of
 * Hugging Face once it is pulled, a folder (of Hugging Face, or of `lab train`) or a .gguf file. Says on the error output
 * what takes long.
 *
 * @throws Error that says what the model lacks, and the cure
 */
export async function openWriter(name: string, engine?: EngineName): Promise<Writer> {
  const used = await useEngine(engine === undefined ? {} : { engine });
  const started = performance.now();
  status(`loading ${name} ...`);
  try {
    const model = isTrained(name) ? await trained(name) : await published(name);
    const loadSeconds = (performance.now() - started) / 1000;
    return { ...model, name, engine: `${used.engine}, ${used.device}`, loadSeconds };
  } finally {
    status("");
  }
}

type Model = Omit<Writer, "name" | "engine" | "loadSeconds">;

/** A model that `lab train` wrote has a file of this name. */
const isTrained = (name: string): boolean =>
  [name, join(labFolder("datasets", "tinyshakespeare"), name)].some((place) => existsSync(join(place, "model.json"))); // prettier-ignore

async function trained(name: string): Promise<Model> {
  const model = await loadTrained(name);
  const dispose = (): void => disposeTree(model.params);
  return { decoder: trainedDecoder(model), tokenizer: model.tokenizer, end: [], dispose };
}

async function published(name: string): Promise<Model> {
  const model = await loadModel(name, { onProgress: progressLine() });
  try {
    const decoder = decoderOf(model);
    const { tokenizer, special } = model;
    if (!tokenizer)
      throw new Error(
        `${name} has no tokenizer that can be read: ${model.notes.join("; ") || "none is there"}. ` +
          "Cure: put its tokenizer.json beside the weights.",
      );
    const { dispose } = model;
    return { decoder, tokenizer, end: special.end, published: model as LoadedGpt | LoadedLlama, dispose };
  } catch (error) {
    model.dispose();
    throw error;
  }
}
