import { join } from "node:path";
import { build, type Plugin } from "esbuild";

/**
 * What no widget uses of the packages: tfjs' Keras-like layers, its converter and data loaders, WebGL (the page computes on
 * WebGPU or WebAssembly), and the translations of zod's messages.
 */
const leftOut = /^@tensorflow\/(tfjs-layers|tfjs-converter|tfjs-data|tfjs-backend-webgl)$/;
const lean: Plugin = {
  name: "only what widgets use",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: leftOut }, ({ path }) => ({ path, namespace: "nothing", sideEffects: false }));
    onResolve({ filter: /^\.\.\/locales\/index\.js$/ }, ({ path, importer }) =>
      /[\\/]zod[\\/]/.test(importer) ? { path, namespace: "nothing", sideEffects: false } : undefined,
    );
    onLoad({ filter: /.*/, namespace: "nothing" }, () => ({ contents: "module.exports = {};" }));
  },
};

/** The page's whole program as one classic script, OUT/live.js. */
export async function bundlePage(root: string, out: string): Promise<void> {
  await build({
    absWorkingDir: root,
    entryPoints: [join(root, "src", "demo", "live", "page", "main.ts")],
    outfile: join(out, "live.js"),
    bundle: true,
    format: "iife",
    platform: "browser",
    target: "es2022",
    minify: true,
    legalComments: "none",
    logLevel: "silent",
    plugins: [lean],
  });
}
