import assert from "node:assert/strict";
import { build, type BuildResult } from "esbuild";
import { root } from "./child";

const bundled = (entry: string): Promise<BuildResult<{ write: false; metafile: true }>> =>
  build({
    ...{ absWorkingDir: root, entryPoints: [entry], outfile: "out.mjs", write: false, metafile: true },
    ...{ bundle: true, format: "esm", platform: "browser", target: "es2022", logLevel: "silent" },
  });

describe("engine, ops and models in a browser bundle", function () {
  this.timeout(300_000);

  for (const entry of ["engine", "ops", "tree", "nn", "models"].map((layer) => `src/${layer}/index.ts`)) {
    it(`${entry} bundles, with the browser's platform and nothing native`, async () => {
      const { outputFiles, metafile } = await bundled(entry);
      const inputs = Object.keys(metafile.inputs);
      assert.ok(inputs.includes("src/engine/platform.browser.ts"));
      for (const file of ["platform", "native", "webgpu-node", "repair", "setup-record"])
        assert.ok(!inputs.includes(`src/engine/${file}.ts`), file);
      assert.deepEqual(
        inputs.filter((file) => /tfjs-node|node_modules\/webgpu\//.test(file)),
        [],
      );
      assert.doesNotMatch(outputFiles[0]?.text ?? "", /["'](@tensorflow\/tfjs-node|node:[a-z_]+|zod)["']/);
    });
  }

  it("a file for Node alone does not bundle: the check above can fail", async () => {
    await assert.rejects(bundled("src/engine/native.ts"), /Could not resolve "node:/);
  });
});
