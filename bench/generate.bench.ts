/** Writing with SmolLM2-135M: the lab's readers against PyTorch's transformers and llama.cpp. */
import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { loadModel, pullModel } from "../src/checkpoints";
import { bench, type Case, type Cases } from "./harness";
import { llamaFolder, pythonWithTransformers } from "./generate/packages";
import { ours, type Task, workerWriter, type Writer, type Written } from "./generate/writer";
import { Worker } from "./train/worker";

const root = join(__dirname, "..");
const quick = process.argv.includes("--quick");
const threads = availableParallelism();
const file = "SmolLM2-135M-Instruct.Q4_1.gguf";

interface Everybody {
  readonly writers: readonly Writer[];
  readonly notes: readonly string[];
  /** Tokens of English text, the same for all. */
  readonly text: readonly number[];
}

let ready: Promise<Everybody> | undefined;

/** Everybody who can write here, loaded once for all cases; who cannot is a note. */
const everybody = (): Promise<Everybody> => (ready ??= load());

async function load(): Promise<Everybody> {
  const folder = await pullModel("smollm2-135m-instruct");
  const writers: Writer[] = [];
  const notes: string[] = [
    "@huggingface/transformers (ONNX) is not in the table: we know of no package with an ONNX file of this model.",
  ];
  const invite = async (who: string, make: () => Promise<Writer>): Promise<void> => {
    process.stderr.write(`  loading ${who} ...\n`);
    try {
      writers.push(await make());
    } catch (error) {
      notes.push(`${who} is not in the table: ${(error as Error).message}`);
    }
  };
  for (const weights of ["f32", "file", "int8", "bf16"] as const) await invite(`the lab, ${weights}`, () => ours(weights)); // prettier-ignore
  const source = { folder, file, threads };
  await invite("transformers", async () => {
    const worker = new Worker("transformers", pythonWithTransformers(), [join(__dirname, "generate", "pytorch.py")]); // prettier-ignore
    return workerWriter(`transformers $, f32, eager, ${threads} threads`, worker, source, "f32");
  });
  await invite("node-llama-cpp", async () => {
    const worker = new Worker("node-llama-cpp", process.execPath, [join(__dirname, "generate", "llama-cpp.mjs"), llamaFolder()]); // prettier-ignore
    const name = `llama.cpp (node-llama-cpp $), Q4_1, ${threads} threads`;
    return workerWriter(name, worker, source, "file, activations of 8 bits");
  });
  const text = await tokensOfText();
  notes.push(...(await sameIds(writers, { prompts: [text.slice(0, 64)], tokens: quick ? 16 : 64, places: 192 }))); // prettier-ignore
  return { writers, notes, text };
}

async function tokensOfText(): Promise<number[]> {
  const model = await loadModel("smollm2-135m-instruct", { weights: "file" });
  const text = readFileSync(join(root, "datasets", "tinyshakespeare", "input.txt"), "utf8").slice(0, 12_000);
  const ids = model.tokenizer?.encode(text) as number[];
  model.dispose();
  return ids;
}

/** Of the same weights, rounding may part two texts where two tokens are all but equal, but not at once. */
const atLeastSame = 16;

/** Nobody is timed who writes something else with the same weights. @throws Error that names who, and where */
async function sameIds(writers: readonly Writer[], task: Task): Promise<string[]> {
  const first = writers[0] as Writer;
  const wanted = (await first.write(task)).ids[0] as readonly number[];
  const notes: string[] = [];
  for (const writer of writers.slice(1)) {
    const got = (await writer.write(task)).ids[0] as readonly number[];
    const parted = wanted.findIndex((id, i) => id !== got[i]);
    if (writer.weights === first.weights && parted >= 0 && parted < atLeastSame)
      throw new Error(
        `${writer.name}: token ${parted} is ${got[parted]}, and ${wanted[parted]} of ${first.name}`,
      );
    const same = parted < 0 ? `all ${wanted.length}` : `${parted}`;
    notes.push(`${writer.name}: ${same} first tokens are those of ${first.name}.`);
  }
  return notes;
}

/** A case of one task for all; `value` gives the seconds that count. */
async function caseOf(
  make: (text: readonly number[]) => Task,
  value: (written: Written, task: Task) => number,
  how: Pick<Case, "unit" | "amount">,
  who: (writer: Writer) => boolean = () => true,
): Promise<Case> {
  const { writers, notes, text } = await everybody();
  const task = make(text);
  return {
    ...how,
    notes,
    contenders: writers.filter(who).map((writer) => ({
      name: writer.name,
      run: async () => value(await writer.write(task), task),
    })),
  };
}

const tokens = quick ? 16 : 128;
const rows = 16;
const each = quick ? 8 : 64;

const decoding = (): Promise<Case> =>
  caseOf(
    (text) => ({ prompts: [text.slice(0, 64)], tokens, places: 64 + tokens }),
    ({ decode }) => decode,
    { unit: "tokens/s", amount: tokens - 1 },
  );

const firstToken = (length: number) => (): Promise<Case> =>
  caseOf(
    (text) => ({ prompts: [text.slice(0, length)], tokens: 1, places: length + tokens }),
    ({ prefill }) => prefill,
    { unit: "ms" },
  );

const sideBySide = (): Promise<Case> =>
  caseOf(
    (text) => ({
      prompts: Array.from({ length: rows }, (_, i) => text.slice(64 * i, 64 * (i + 1))),
      tokens: each,
      places: 64 + each,
    }),
    ({ prefill, decode }) => prefill + decode,
    { unit: "tokens/s", amount: rows * each },
  );

/** A cache of one size for all three: what a step costs may grow with the text only where attention does. */
const stepAfter = (length: number) => (): Promise<Case> =>
  caseOf(
    (text) => ({ prompts: [text.slice(0, length)], tokens: 17, places: 1600 }),
    ({ decode }) => decode / 16,
    { unit: "ms" },
    ({ name }) => !/bf16|int8/.test(name),
  );

const cases: Cases = {
  [`decoding, ${tokens} tokens after 64`]: decoding,
  "first token after a prompt of 64": firstToken(64),
  "first token after a prompt of 512": firstToken(512),
  [`${rows} texts side by side, ${each} tokens after 64`]: sideBySide,
  "a step after 64 tokens, room for 1600": stepAfter(64),
  "a step after 512 tokens, room for 1600": stepAfter(512),
  "a step after 1500 tokens, room for 1600": stepAfter(1500),
};

void bench("Writing with SmolLM2-135M", cases).finally(async () => {
  for (const { close } of (await ready?.catch(() => undefined))?.writers ?? []) close();
});
