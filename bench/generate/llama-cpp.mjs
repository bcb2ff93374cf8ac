/**
 * llama.cpp by node-llama-cpp, in a process of its own: commands and answers as in pytorch.py.
 * Arguments: the folder that node-llama-cpp is installed in.
 */
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

// Its package says neither where it lies to `require` nor its version, so both are read.
const peer = join(resolve(process.argv[2]), "node_modules", "node-llama-cpp");
const { getLlama, LlamaLogLevel } = await import(pathToFileURL(join(peer, "dist", "index.js")).href);
const { version } = JSON.parse(readFileSync(join(peer, "package.json"), "utf8"));

let model;
let threads;
let context;
let kept = "";

async function load({ folder: models, file, threads: count }) {
  threads = count;
  const llama = await getLlama({
    gpu: false,
    build: "never",
    logLevel: LlamaLogLevel.error,
    maxThreads: count,
  });
  model = await llama.loadModel({ modelPath: join(models, file) });
  return { version };
}

/** Contexts are kept: making one is no part of writing. */
async function contextFor(sequences, places) {
  const key = `${sequences} ${places}`;
  if (kept === key) return context;
  await context?.dispose();
  // Places for all sequences together are what llama.cpp makes of the size of each.
  context = await model.createContext({ contextSize: places, sequences, threads, batchSize: 512 });
  kept = key;
  return context;
}

async function write({ prompts, tokens, places }) {
  const own = await contextFor(prompts.length, places);
  const sequences = prompts.map(() => own.getSequence());
  const ids = prompts.map(() => []);
  const start = performance.now();
  let first = 0;
  let waiting = prompts.length;
  await Promise.all(
    sequences.map(async (sequence, row) => {
      for await (const token of sequence.evaluate(prompts[row], { temperature: 0, yieldEogToken: true })) {
        ids[row].push(token);
        if (ids[row].length === 1 && --waiting === 0) first = performance.now();
        if (ids[row].length === tokens) break;
      }
    }),
  );
  const end = performance.now();
  for (const sequence of sequences) sequence.dispose();
  return { prefill: (first - start) / 1000, decode: (end - first) / 1000, ids };
}

for await (const line of createInterface(process.stdin)) {
  const command = JSON.parse(line);
  let answer;
  try {
    answer = await { load, write }[command.op](command);
  } catch (error) {
    answer = { error: error instanceof Error ? error.message : String(error) };
  }
  console.log(JSON.stringify(answer));
}
