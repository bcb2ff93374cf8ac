import { setWasmPaths } from "@tensorflow/tfjs-backend-wasm";

/**
 * WebAssembly: importing the package registered it; what it lacks is where its .wasm files lie.
 * @param folder path (Node) or URL (browser) of the folder, with its slash at the end.
 */
export function placeWasm(folder: string): void {
  setWasmPaths(folder);
}
