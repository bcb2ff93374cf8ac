import assert from "node:assert/strict";
import { inChild, jsonOf } from "./child";
import { skipLoudly } from "../helpers/skip";

describe("memory of native TensorFlow", function () {
  this.timeout(300_000);

  before(function () {
    const { header } = process.report.getReport() as unknown as { header: { glibcVersionRuntime?: string } };
    if (!header.glibcVersionRuntime) skipLoudly(this, "only glibc gives freed blocks back to the system");
  });

  /** Pages that the system had to clear for a result of 16 MB, on average over some. */
  const pages = (env: Record<string, string>): number =>
    jsonOf<number>(
      inChild(
        `const { tf, useEngine } = require("./src/engine");
         await useEngine({ engine: "tensorflow" });
         const a = tf.ones([2048, 2048]);
         let start = 0;
         for (let i = -60; i < 20; i++) {
           if (i === 0) start = process.resourceUsage().minorPageFault;
           const b = tf.add(a, 1);
           b.dispose();
         }
         console.log((process.resourceUsage().minorPageFault - start) / 20);`,
        env,
      ),
    );

  it("stays with the process: a step does not clear its pages again", () => {
    assert.ok(pages({}) < 400, "of 4,096 pages");
  });

  it("goes back to the system where the user asks for it", () => {
    assert.ok(pages({ MALLOC_TRIM_THRESHOLD_: "131072" }) > 3000);
  });
});
