/**
 * npx tsx bench/pet/states.ts [SECONDS]
 *
 * What SmolLM2 makes of the texts of the task sentiment, in three patterns: the state where its answer would come, of the 300
 * test sentences and of 600 others. With the model left as it is, all of PET is arithmetic on these states, and chapter
 * 10 does it in seconds. Goes to datasets/pet-states; an interrupted run goes on from .lab/pet.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { tf, useEngine } from "../../src/engine";
import { loadModel, writeSafetensors } from "../../src/checkpoints";
import { fewShotTask } from "../../src/data/node";
import { answerStates, causalPatterns, causalPool, causalSettings, fit } from "../../src/prompt";

const root = path.resolve(__dirname, "../..");
const kept = path.join(root, ".lab/pet/states.json");
const folder = path.join(root, "datasets/pet-states");

async function main(seconds: number): Promise<void> {
  const started = performance.now();
  const elapsed = (): number => (performance.now() - started) / 1000;
  await useEngine({});
  const { train, test } = fewShotTask("sentiment");
  const texts = [...test, ...causalPool(train)].map(({ text }) => text);
  const states = new Map<string, string>(existsSync(kept) ? (JSON.parse(readFileSync(kept, "utf8")) as [string, string][]) : []); // prettier-ignore
  const keep = (): void => {
    mkdirSync(path.dirname(kept), { recursive: true });
    writeFileSync(kept, JSON.stringify([...states]));
    console.log(
      `${elapsed().toFixed(0).padStart(4)} s  ${states.size} of ${texts.length * causalPatterns.length} states`,
    );
  };
  const model = await loadModel("smollm2-135m-instruct");
  const { tokenizer, config } = model;
  if (!tokenizer) throw new Error("smollm2-135m-instruct: no tokenizer");
  for (const { name, parts } of causalPatterns) {
    const missing = texts.filter((text) => !states.has(`${name}: ${text}`));
    const prompts = missing.map((text) => fit(parts({ text }), tokenizer, causalSettings.length).ids);
    let fresh = 0;
    if (missing.length === 0 || elapsed() > seconds) continue;
    await answerStates(model, prompts, {
      widths: [16, 24, 32, causalSettings.length],
      each: (i, state) => {
        states.set(`${name}: ${missing[i]}`, Buffer.from(state.buffer, state.byteOffset, state.byteLength).toString("base64")); // prettier-ignore
        if (++fresh % 160 === 0) keep();
        return elapsed() < seconds;
      },
    });
    keep();
  }
  model.dispose();
  const rowsOf = (name: string, part: readonly string[]): Float32Array[] | undefined => {
    const found = part.map((text) => states.get(`${name}: ${text}`));
    return found.every((each) => each !== undefined)
      ? found.map((each) => floats(each as string))
      : undefined;
  };
  const tensors: Record<string, tf.Tensor> = {};
  for (const { name } of causalPatterns) {
    const rows = rowsOf(name, texts);
    if (rows === undefined) return console.log("to be continued: call it again");
    const flat = Float32Array.from(rows.flatMap((row) => [...row]));
    tensors[name] = tf.tensor2d(flat, [rows.length, config.dModel]); // the test rows first
  }
  mkdirSync(folder, { recursive: true });
  await writeSafetensors(path.join(folder, "sentiment.safetensors"), tensors, { dtype: "F16" });
  console.log(`written after ${elapsed().toFixed(0)} s`);
}

function floats(base64: string): Float32Array {
  const bytes = Buffer.from(base64, "base64");
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
}

void main(Number(process.argv[2] ?? Infinity));
