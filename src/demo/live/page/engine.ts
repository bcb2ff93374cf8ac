import { useEngine } from "../../../engine";
import type { EngineReport } from "../../../engine";
import { placeWasmFile } from "../../../engine/wasm";
import { fileOf } from "./data";

let started: Promise<EngineReport> | undefined;

/**
 * The best engine of this browser: WebGPU on a real card, else WebAssembly, else plain JavaScript. `?engine=wasm` in the
 * page's address asks for one. All widgets of a page share it.
 */
export const startEngine = (): Promise<EngineReport> => (started ??= start());

async function start(): Promise<EngineReport> {
  const binary = await fileOf("wasm/simd.js", "wasm/simd.wasm");
  // A blob's address can be read from a page on disk, where a file's can not.
  placeWasmFile(URL.createObjectURL(new Blob([binary as BlobPart], { type: "application/wasm" })));
  const wanted = new URLSearchParams(location.search).get("engine");
  return useEngine(wanted === null ? {} : { engine: wanted as EngineReport["engine"] });
}
