import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { z } from "zod";

const root = join(__dirname, "..", "..");

/** The command in a process of its own, as a user runs it, from the sources. */
function doctor(args: string[], env: Record<string, string> = {}) {
  const code =
    'require("./src/cli").makeProgram().parseAsync(["node", "lab", "doctor", ...process.argv.slice(1)])';
  const run = spawnSync(process.execPath, ["--require", "tsx/cjs", "-e", code, "--", ...args], {
    cwd: root,
    encoding: "utf8",
    env: { ...process.env, LAB_ENGINE: "", ...env },
  });
  return { status: run.status, out: run.stdout, err: run.stderr };
}

/** The promised form of `lab doctor --json`. */
const diagnosis = z.object({
  engine: z.enum(["tensorflow", "webgpu", "webgl", "wasm", "cpu"]),
  jit: z.boolean(),
  device: z.string().min(1),
  gflops: z.number().positive(),
  reasons: z.array(z.string()).min(1),
  advice: z.array(z.string()),
  versions: z.record(z.string(), z.string()),
  ok: z.boolean(),
  kernel: z.boolean(),
  chapters: z.array(z.string()),
});

describe("lab doctor", function () {
  this.timeout(120_000);

  it("--json gives only JSON, with the speed measured now; exit code 0 when the lab works", () => {
    const { status, out } = doctor(["--json"]);
    const found = diagnosis.parse(JSON.parse(out));
    assert.equal(status, found.ok ? 0 : 1);
    assert.equal(found.ok, found.kernel);
    assert.ok(found.chapters.includes("01-tokenization"));
    if (found.engine === "tensorflow") assert.ok(found.versions["tensorflow"]);
  });

  it("says why the engine asked for is in use, and what would be faster", () => {
    const found = diagnosis.parse(JSON.parse(doctor(["--json"], { LAB_ENGINE: "cpu" }).out));
    assert.equal(found.engine, "cpu");
    assert.match(found.reasons.join("\n"), /LAB_ENGINE/);
    assert.match(found.advice.join("\n"), /unset LAB_ENGINE/);
  });

  it("an unknown engine is an error that names the engines there are", () => {
    const { status, out, err } = doctor(["--engine", "abacus"]);
    assert.equal(status, 1);
    assert.equal(out, "");
    assert.match(err, /Engine "abacus".*unknown.*tensorflow, webgpu, wasm, cpu/);
  });

  it("tells people the same in words", () => {
    const { out } = doctor([], { LAB_ENGINE: "wasm" });
    assert.match(out, /engine\s+wasm on /);
    assert.match(out, /\d GFLOP\/s/);
    assert.match(out, /The lab works\.|see the advice/);
  });
});
