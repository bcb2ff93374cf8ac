import assert from "node:assert/strict";
import { buildNotebook } from "../../src/cli/build";
import { listChapters } from "../../src/cli/notebook/chapters";
import { runNotebook } from "../../src/cli/notebook/execute";
import { runReport } from "../../src/cli/notebook/report";
import { skipLoudly } from "../helpers/skip";
import { root } from "./client";

/** They take minutes each. As shipped they run in a browser in any case. */
const long = [
  "02-embeddings",
  "05-architectures",
  "06-pretraining",
  "07-generation",
  "08-in-context-learning",
  "09-chain-of-thought",
  "10-pet-verbalizers",
  "11-rlhf",
];

/** The author's gates: each notebook is made from its source and runs from top to bottom through the real kernel. */
describe("chapters", function () {
  this.timeout(1_200_000);
  const chapters = listChapters(root);

  it("there are chapters", () => assert.ok(chapters.length > 0));

  for (const { topic, source, notebook } of chapters) {
    it(`${topic}: the notebook is made from its source`, async () => {
      assert.ok(source, "no source: notebooks are written as .ts");
      assert.equal(await buildNotebook(root, source, { check: true, run: false, timeout: 60 }), true);
    });

    // With the labs as shipped they run in a browser (test/browser/jupyterlab.test.ts).
    it(`${topic}: runs from top to bottom with the labs solved, and every number is in its band`, async function () {
      if (long.includes(topic) && !process.env["LAB_TEST_ALL"])
        skipLoudly(
          this,
          "takes minutes, and ran in the browser as shipped: LAB_TEST_ALL=1 runs it here, too",
        );
      const result = await runNotebook(root, (source ?? notebook)!, { timeout: 300, labs: "solutions" });
      assert.equal(result.ok, true, runReport(root, topic, result));
      assert.ok(result.measured.length > 0, "a chapter measures something");
    });
  }
});
