import { useEngine } from "../../src/engine";
import { loadModel, type WeightsIn } from "../../src/checkpoints";
import { argmax, decoderOf, openReader, type Reader } from "../../src/generate";
import { bytesOf } from "../../src/tree";
import type { Worker } from "../train/worker";

/** Somebody who writes with SmolLM2: the most probable next token, again and again. */
export interface Writer {
  readonly name: string;
  /** Whose weights: those with the same are held to the same ids. */
  readonly weights: string;
  /** Prompts of one length. */
  write(task: Task): Promise<Written>;
  close(): void;
}

export interface Task {
  readonly prompts: readonly (readonly number[])[];
  /** New tokens of each. */
  readonly tokens: number;
  /** Room for so many of each, where room is taken beforehand. */
  readonly places: number;
}

export interface Written {
  /** Seconds until the first new token of each text is known. */
  readonly prefill: number;
  /** Seconds for all others. */
  readonly decode: number;
  readonly ids: readonly (readonly number[])[];
}

const megabytes = (bytes: number): string => `${Math.round(bytes / 1e6)} MB`;

/** The lab's own reader, with weights in one form. */
export async function ours(weights: WeightsIn): Promise<Writer> {
  await useEngine({ engine: "tensorflow" });
  const model = await loadModel("smollm2-135m-instruct", { weights });
  const decoder = decoderOf(model);
  let reader: { readonly key: string; readonly reader: Reader } | undefined;
  const readerFor = (batch: number, size: number): Reader => {
    const key = `${batch} ${size}`;
    if (reader?.key !== key) {
      reader?.reader.dispose();
      reader = { key, reader: openReader(decoder, { batch, size }) };
    }
    reader.reader.rewind(0);
    return reader.reader;
  };
  const what = { f32: "f32", file: "the file's own 4 and 8 bits", bf16: "bf16", int8: "int8", int4: "int4" };
  return {
    name: `transformer-lab, ${what[weights]} (${megabytes(bytesOf(model.params))})`,
    weights: weights === "file" ? "f32" : weights,
    async write({ prompts, tokens, places }) {
      const open = readerFor(prompts.length, places);
      const start = performance.now();
      let scores = await open.read(prompts);
      const chosen = [scores.map(([logits]) => argmax(logits as Float32Array))];
      const first = performance.now();
      while (chosen.length < tokens) {
        scores = await open.read((chosen.at(-1) as number[]).map((id) => [id]));
        chosen.push(scores.map(([logits]) => argmax(logits as Float32Array)));
      }
      const end = performance.now();
      const ids = prompts.map((_, row) => chosen.map((step) => step[row] as number));
      return { prefill: (first - start) / 1000, decode: (end - first) / 1000, ids };
    },
    close() {
      reader?.reader.dispose();
      model.dispose();
    },
  };
}

/** A writer in a process of its own; one that cannot load is closed. */
export async function workerWriter(
  name: string,
  worker: Worker,
  load: object,
  weights: string,
): Promise<Writer> {
  try {
    const { version } = await worker.ask<{ version: string }>({ op: "load", ...load });
    return {
      name: name.replace("$", version),
      weights,
      write: (task) => worker.ask<Written>({ op: "write", ...task }),
      close: () => worker.close(),
    };
  } catch (error) {
    worker.close();
    throw error;
  }
}
