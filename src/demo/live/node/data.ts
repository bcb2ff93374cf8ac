/** The widgets' data as classic scripts: a page that was opened from disk can load scripts, and nothing else. */
import { mkdir, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { readFile } from "node:fs/promises";
import type { Files } from "../widget";
import { packedFolder } from "./minilm";

/** What each folder of data is made of. */
const foldersOf: Readonly<Record<string, readonly string[]>> = {
  "gpt2-bpe": ["tokens.txt"],
  "minilm-wordpiece": ["vocab.txt"],
  "tales-reward": ["model.json", "model.safetensors"],
  [packedFolder]: ["config.json", "model.safetensors"],
};
const trained = ["model.json", "tokenizer.json", "model.safetensors"];

/** Files by name as a script that puts them, compressed, where page/data.ts looks for them. */
export function dataScript(files: Readonly<Record<string, Uint8Array>>): string {
  const parts = Object.entries(files).map(
    ([name, bytes]) => `d[${JSON.stringify(name)}]="${gzipSync(bytes, { level: 9 }).toString("base64")}";`,
  );
  return `(function(d){${parts.join("\n")}})(self.labLive=self.labLive||{});\n`;
}

/** Writes OUT/models/NAME.js. */
export async function writeModel(files: Files, name: string, out: string): Promise<void> {
  const parts: Record<string, Uint8Array> = {};
  for (const file of foldersOf[name] ?? trained)
    parts[`${name}/${file}`] = await files.bytes(`${name}/${file}`);
  await write(join(out, "models", `${name}.js`), dataScript(parts));
}

/** Writes OUT/wasm/simd.js: the engine for pages without a graphics card. */
export async function writeWasm(out: string): Promise<void> {
  const manifest = createRequire(__filename).resolve("@tensorflow/tfjs-backend-wasm/package.json");
  const binary = await readFile(join(dirname(manifest), "dist", "tfjs-backend-wasm-simd.wasm"));
  await write(join(out, "wasm", "simd.js"), dataScript({ "wasm/simd.wasm": binary }));
}

async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
}
