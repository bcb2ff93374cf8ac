import { execFileSync } from "node:child_process";
import { createRequire } from "node:module";
import path from "node:path";
import { cpuName, loadNative } from "./native";
import { mendPrograms } from "./programs";
import { readSetupRecord } from "./setup-record";
import { tf } from "./tf";
import type { EngineName, Loaded, Platform } from "./types";
import { placeWasm } from "./wasm";
import { loadWebGpu } from "./webgpu-node";

/** Node. A bundler for browsers replaces this file by platform.browser.ts (field `browser` of package.json). */
export const platform: Platform = {
  engines: ["tensorflow", "webgpu", "wasm", "cpu"],
  wanted: () => process.env["LAB_ENGINE"] || undefined,
  load,
  versions: () => ({ node: process.versions.node, tfjs: tf.version["tfjs-core"] }),
  advice,
  mendPrograms,
};

async function load(engine: EngineName, asked: boolean): Promise<Loaded> {
  if (engine === "tensorflow") return loadNative();
  if (engine === "webgpu") return loadWebGpu(asked);
  if (engine === "webgl") throw new Error("WebGL exists only in browsers. Cure: choose wasm");
  if (engine === "wasm") await loadWasm();
  return { device: cpuName(), software: false, versions: {} };
}

async function loadWasm(): Promise<void> {
  const manifest = createRequire(__filename).resolve("@tensorflow/tfjs-backend-wasm/package.json");
  placeWasm(path.join(path.dirname(manifest), "dist") + path.sep);
  // Emscripten's start-up code hangs handlers on the process that throw every error again: it would then show a
  // 30 kB line of minified code as its place, and a notebook's kernel would die of it.
  const events = ["uncaughtException", "unhandledRejection"] as const;
  const before = new Map(events.map((event) => [event, process.rawListeners(event)]));
  if (!(await tf.setBackend("wasm"))) throw new Error("its .wasm file does not start. Cure: npm run setup");
  for (const event of events) {
    for (const listener of process.rawListeners(event)) {
      if (!before.get(event)?.includes(listener)) process.removeListener(event, listener as () => void);
    }
  }
}

function advice(engine: EngineName, loaded: Loaded, jit: boolean): string[] {
  const lines: string[] = [];
  const record = readSetupRecord();
  if (engine !== "tensorflow") {
    lines.push("Native TensorFlow is faster: run `npm run setup`, or unset LAB_ENGINE.");
  } else if (!jit) {
    lines.push(
      "This binding cannot compile functions: `npm run setup` builds one that can, where there is a C++ compiler or a network.",
    );
  }
  if (record !== null && typeof record !== "string" && record.earlier)
    lines.push(record.reasons.at(-1) ?? "");
  const card = engine === "tensorflow" && loaded.device.startsWith("CPU") ? nvidiaCard() : undefined;
  if (card !== undefined) {
    const cuda = record !== null && typeof record !== "string" && record.cuda === true;
    lines.push(unusedCard(card, cuda));
  }
  if (loaded.software) lines.push("The adapter is emulated on the CPU: wasm or native TensorFlow is faster.");
  if (typeof record === "string") lines.push(record);
  return lines;
}

/**
 * Why a card lies idle under native TensorFlow, with the cure. Set-up takes the CUDA build where `nvidia-smi` names a
 * card, and looks again only when the folder of the wheel is gone (tools/setup/tensorflow.mjs): .venv has no part in it.
 * @param cuda set-up fetched the CUDA build
 */
export function unusedCard(card: string, cuda: boolean): string {
  return cuda
    ? `${card} is not used: this TensorFlow is a CUDA build, but finds no card that it can use. ` +
        `Look at the driver (\`nvidia-smi\`) and at the variable CUDA_VISIBLE_DEVICES.`
    : `${card} is not used: this TensorFlow is a CPU build. ` +
        `Delete the folder .lab/native/wheel and run \`npm run setup\`, which then fetches the CUDA build.`;
}

/** Name of the first NVIDIA card, where the driver's tool finds one and a CUDA build exists (Linux on x86-64). */
function nvidiaCard(): string | undefined {
  if (process.platform !== "linux" || process.arch !== "x64") return undefined;
  try {
    const names = execFileSync("nvidia-smi", ["--query-gpu=name", "--format=csv,noheader"], {
      encoding: "utf8",
      timeout: 5000,
      stdio: ["ignore", "pipe", "ignore"],
    });
    return names.split("\n")[0]?.trim() || undefined;
  } catch {
    return undefined;
  }
}
