import "@tensorflow/tfjs-backend-webgl";
import { tf } from "./tf";
import type { EngineName, Loaded, Platform } from "./types";
import { placeWasm } from "./wasm";
import { registerWebGpu } from "./webgpu";

/** A browser: the graphics card first, by its modern interface, then its old one. */
export const platform: Platform = {
  engines: ["webgpu", "webgl", "wasm", "cpu"],
  wanted: () => undefined,
  load,
  versions: () => ({ tfjs: tf.version["tfjs-core"] }),
  advice: (engine, loaded) => [
    ...(engine === "webgpu" ? [] : ["A browser with WebGPU switched on is faster."]),
    ...(loaded.software ? ["The adapter is emulated on the CPU: switch hardware acceleration on."] : []),
  ],
};

async function load(engine: EngineName, asked: boolean): Promise<Loaded> {
  const browser = { device: navigator.userAgent, software: false, versions: {} };
  switch (engine) {
    case "tensorflow":
      throw new Error("native TensorFlow exists only in Node. Cure: choose webgpu or wasm");
    case "webgpu":
      if (!("gpu" in navigator))
        throw new Error("this browser has no WebGPU. Cure: a newer browser, or https");
      return registerWebGpu(navigator.gpu, asked);
    case "webgl":
      return loadWebGl(asked);
    case "wasm":
      // The page serves the .wasm files beside itself, or has called tfjs' setWasmPaths before.
      placeWasm(new URL("wasm/", document.baseURI).href);
      return browser;
    default:
      return browser;
  }
}

function loadWebGl(asked: boolean): Loaded {
  const gl = document.createElement("canvas").getContext("webgl2");
  if (!gl) throw new Error("this browser has no WebGL 2");
  const debug = gl.getExtension("WEBGL_debug_renderer_info");
  const name = String(gl.getParameter(debug ? debug.UNMASKED_RENDERER_WEBGL : gl.RENDERER));
  const software = /swiftshader|llvmpipe|software|basic render/i.test(name);
  if (software && !asked) throw new Error(`WebGL (${name}) is emulated on the CPU, slower than wasm`);
  return { device: `GPU ${name}`, software, versions: {} };
}
