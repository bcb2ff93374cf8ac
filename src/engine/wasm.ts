import { setWasmPaths } from "@tensorflow/tfjs-backend-wasm";
import { tf } from "./tf";

/**
 * WebAssembly: importing the package registered it; what it lacks is where its .wasm files lie.
 * @param folder path (Node) or URL (browser) of the folder, with its slash at the end.
 */
export function placeWasm(folder: string): void {
  setWasmPaths(folder);
}

/**
 * The same for a page that has the binary in memory and no server beside it.
 * @param url of the build with SIMD, such as a blob's; builds with threads or without SIMD are not used
 */
export function placeWasmFile(url: string): void {
  // With threads tfjs would ask for another binary.
  tf.env().set("WASM_HAS_MULTITHREAD_SUPPORT", false);
  const names = ["tfjs-backend-wasm", "tfjs-backend-wasm-simd", "tfjs-backend-wasm-threaded-simd"] as const;
  setWasmPaths(Object.fromEntries(names.map((name) => [`${name}.wasm`, url])));
}
