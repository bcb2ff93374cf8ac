import { existsSync } from "node:fs";
import path from "node:path";
import { registerWebGpu } from "./webgpu";
import type { Loaded } from "./types";

interface Dawn {
  create(options: string[]): GPU;
  readonly globals: object;
}

/** Where a Linux Chromium keeps a Vulkan loader and SwiftShader, a Vulkan device in software. */
const chromiumFolders = [
  "/usr/lib/chromium",
  "/usr/lib/chromium-browser",
  "/usr/lib64/chromium-browser",
  "/opt/google/chrome",
];

/**
 * WebGPU in Node through the npm package `webgpu` (Google's Dawn). Node only.
 * A card is taken where there is one. Where the user asked for WebGPU by name, a software adapter (the system's or
 * Chromium's SwiftShader) will do: right, and slow.
 */
export async function loadWebGpu(asked: boolean): Promise<Loaded> {
  // TypeScript's CommonJS output turns import() into require(), which cannot load this ESM-only package on Node 20.
  const load = new Function("name", "return import(name)") as (name: string) => Promise<Dawn>;
  const faults: string[] = [];
  for (const folder of asked ? [undefined, ...chromiumFolders] : [undefined]) {
    const loader = folder === undefined ? "libvulkan.so.1" : path.join(folder, "libvulkan.so.1");
    const driver = folder === undefined ? undefined : path.join(folder, "vk_swiftshader_icd.json");
    if (driver !== undefined && !(existsSync(loader) && existsSync(driver))) continue;
    if (process.platform === "linux" && !loadLibrary(loader)) {
      faults.push("no Vulkan loader (libvulkan.so.1) on this system");
      continue;
    }
    if (driver !== undefined) process.env["VK_DRIVER_FILES"] = driver;
    try {
      const dawn = await load("webgpu");
      Object.assign(globalThis, dawn.globals);
      const gpu = dawn.create([]);
      const loaded = await registerWebGpu(gpu, asked);
      placeOnNavigator(gpu);
      return loaded;
    } catch (error) {
      faults.push((error as Error).message);
    }
  }
  throw new Error(
    `${[...new Set(faults)].join("; ")}. Cure: a graphics card with its Vulkan, Metal or Direct3D driver`,
  );
}

/**
 * Loads a shared library into the process for good, so that Dawn's own search by name finds it. dlopen of something
 * that is no Node addon always throws; the message tells whether the library was there. RTLD_NODELETE (0x1000 on
 * Linux) keeps it when Node closes it again.
 */
function loadLibrary(file: string): boolean {
  try {
    process.dlopen({ exports: {} }, file, 0x1000 | 2);
    return true;
  } catch (error) {
    return /self-register/.test((error as Error).message);
  }
}

/** tfjs' backend refuses to start without `navigator.gpu`, and Node has none (Node 20: no navigator at all). */
function placeOnNavigator(gpu: GPU): void {
  const target = (globalThis as { navigator?: object }).navigator ?? {};
  if (!("navigator" in globalThis)) {
    Object.defineProperty(globalThis, "navigator", { value: target, configurable: true, enumerable: false });
  }
  Object.defineProperty(target, "gpu", { value: gpu, configurable: true, enumerable: false });
}
