import assert from "node:assert/strict";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { unusedCard } from "../../src/engine/platform";
import { readSetupRecord } from "../../src/engine/setup-record";
import { skipLoudly } from "../helpers/skip";
import { Project } from "../tools/project";
import { inChild, jsonOf } from "./child";

/** The driver's tool as it answers with one card: to `-L`, and to a query of the name. */
const nvidiaSmi = `console.log(process.argv[2] === "-L" ? "GPU 0: Card X (UUID: GPU-1)" : "Card X");`;

describe("advice on an NVIDIA card that is not used", function () {
  this.timeout(300_000);

  before(function () {
    if (process.platform !== "linux" || process.arch !== "x64")
      skipLoudly(this, "TensorFlow has CUDA builds for Linux on x86-64 alone");
  });

  it("is given where the driver names a card and TensorFlow computes on the CPU", function () {
    const record = readSetupRecord();
    if (record === null || typeof record === "string" || record.native === "none")
      skipLoudly(this, "native TensorFlow is not there: `npm run setup`");
    const folder = mkdtempSync(join(tmpdir(), "lab-card-"));
    try {
      const program = join(folder, "nvidia-smi");
      writeFileSync(program, `#!${process.execPath}\n${nvidiaSmi}`);
      chmodSync(program, 0o755);
      const told = jsonOf<string[]>(
        inChild(
          `const { useEngine } = require("./src/engine");
           console.log(JSON.stringify((await useEngine({ engine: "tensorflow" })).advice));`,
          // No card for TensorFlow, so that the test says the same on a machine that has one.
          { PATH: `${folder}${delimiter}${process.env.PATH ?? ""}`, CUDA_VISIBLE_DEVICES: "-1" },
        ),
      );
      assert.ok(told.includes(unusedCard("Card X", record.cuda === true)), told.join("\n"));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it("names the folder without which set-up fetches the CUDA build; without .venv alone it does not", async () => {
    const project = new Project();
    try {
      project.python();
      const fetches = async () => {
        const before = project.calls().length;
        const { code, text } = await project.run({}, { LAB_NATIVE: "" });
        assert.equal(code, 0, text);
        const calls = project.calls().slice(before);
        const cuda = (JSON.parse(project.read(".lab/setup.json")) as Stamps).tensorflow.result.cuda;
        return { venv: calls.includes("venv"), tensorflow: calls.includes("pip-tensorflow"), cuda };
      };
      assert.deepEqual(await fetches(), { venv: true, tensorflow: true, cuda: false });
      project.program("nvidia-smi", nvidiaSmi);
      rmSync(join(project.root, ".venv"), { recursive: true });
      assert.deepEqual(await fetches(), { venv: true, tensorflow: false, cuda: false });
      const folder = /Delete the folder (\S+) and run `npm run setup`/.exec(unusedCard("Card X", false))?.[1];
      assert.ok(folder);
      rmSync(join(project.root, folder), { recursive: true });
      assert.deepEqual(await fetches(), { venv: false, tensorflow: true, cuda: true });
    } finally {
      project.remove();
    }
  });

  it("says of a CUDA build where to look instead", () => {
    assert.match(
      unusedCard("Card X", true),
      /^Card X is not used: .*CUDA build.*nvidia-smi.*CUDA_VISIBLE_DEVICES/,
    );
  });
});

interface Stamps {
  readonly tensorflow: { readonly result: { readonly cuda: boolean } };
}
