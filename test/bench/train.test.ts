import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { z } from "zod";
import { useEngine } from "../../src/engine";
import { skipLoudly } from "../helpers/skip";

const root = join(__dirname, "..", "..");

/** The machine-readable form, which programs rely on. */
const report = z.object({
  machine: z.string().min(1),
  notes: z.array(z.string().min(1)),
  rows: z.array(
    z.object({ case: z.string(), contender: z.string(), median: z.number().positive(), unit: z.string() }),
  ),
});

function bench(...options: string[]) {
  const tsx = join(root, "node_modules", "tsx", "dist", "cli.mjs");
  const file = join(root, "bench", "train.bench.ts");
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [tsx, file, "--json", "--quick", ...options],
    {
      cwd: root,
      encoding: "utf8",
    },
  );
  assert.equal(status, 0, stderr);
  return report.parse(JSON.parse(stdout)).rows.map((row) => [row.case, row.contender, row.unit]);
}

describe("npm run bench -- train", function () {
  this.timeout(300_000);

  before(async function () {
    try {
      await useEngine({ engine: "tensorflow" });
    } catch (error) {
      skipLoudly(this, (error as Error).message, { failInCI: true });
    }
  });

  it("--json prints nothing but { machine, rows, notes }: calls and the optimizer, each with its rivals", () => {
    assert.deepEqual(bench("--only", "call, 1 tensor"), [
      ["call, 1 tensor in and out", "jit, one call", "µs"],
      ["call, 1 tensor in and out", "tfjs-node, one addition", "µs"],
    ]);
    assert.deepEqual(bench("--only", "AdamW alone, wasm, small"), [
      ["AdamW alone, wasm, small", "transformer-lab", "ms"],
      ["AdamW alone, wasm, small", "each parameter alone", "ms"],
      ["AdamW alone, wasm, small", "all in one buffer", "ms"],
    ]);
  });
});
