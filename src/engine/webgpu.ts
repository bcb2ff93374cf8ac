import { WebGPUBackend } from "@tensorflow/tfjs-backend-webgpu";
import { tf } from "./tf";
import type { Loaded } from "./types";

/**
 * The GPU instances in use. Dawn frees everything behind an instance that is no longer referenced, and long runs then
 * die with "external Instance reference no longer exists" (tfjs issue 8571), so they are kept here.
 */
const kept = new Set<GPU>();

/** Whether the adapter is a rasteriser on the CPU (SwiftShader, llvmpipe, WARP) and not a card. */
export function isSoftware(info: GPUAdapterInfo): boolean {
  const fallback = Reflect.get(info, "isFallbackAdapter") === true;
  return fallback || /swiftshader|llvmpipe|lavapipe|software|basic render/i.test(describe(info));
}

function describe(info: GPUAdapterInfo): string {
  return [info.vendor, info.architecture, info.device, info.description].filter(Boolean).join(" ");
}

/**
 * Registers tfjs' WebGPU backend on an adapter of `gpu`, with the largest limits that the adapter has.
 * The package registers itself too, but only with a `navigator.gpu` and never saying which adapter it took.
 * @param asked take a software adapter where there is no other.
 */
export async function registerWebGpu(gpu: GPU, asked: boolean): Promise<Loaded> {
  const adapter = await gpu.requestAdapter({ powerPreference: "high-performance" });
  if (!adapter) throw new Error("no graphics adapter was found");
  const info =
    (Reflect.get(adapter, "info") as GPUAdapterInfo | undefined) ?? (await adapter.requestAdapterInfo());
  const software = isSoftware(info);
  const name = describe(info) || "unnamed adapter";
  if (software && !asked) {
    throw new Error(
      `the only adapter (${name}) is emulated on the CPU, slower than wasm; ask for it by name to use it`,
    );
  }
  const limits = [
    "maxComputeWorkgroupStorageSize",
    "maxComputeWorkgroupsPerDimension",
    "maxStorageBufferBindingSize",
    "maxBufferSize",
    "maxComputeWorkgroupSizeX",
    "maxComputeInvocationsPerWorkgroup",
  ] as const;
  const device = await adapter.requestDevice({
    requiredLimits: Object.fromEntries(limits.map((limit) => [limit, adapter.limits[limit]])),
  });
  kept.add(gpu);
  if (tf.engine().registryFactory["webgpu"]) tf.removeBackend("webgpu");
  tf.registerBackend("webgpu", () => new WebGPUBackend(device, info), 3);
  return { device: `GPU ${name}`, software, versions: {} };
}
