import assert from "node:assert/strict";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { runLab } from "../helpers/lab-command";

const root = join(__dirname, "..", "..");

/** The command; no engine is asked for by the variable, unless the test does. */
function doctor(args: string[], env: Record<string, string> = {}, cwd = root) {
  const { status, stdout, stderr } = runLab(["doctor", ...args], { cwd, env: { LAB_ENGINE: "", ...env } });
  return { status, out: stdout, err: stderr };
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
  this.timeout(300_000);

  it("--json gives only JSON, with the speed measured now; exit code 0 when the lab works", () => {
    const { status, out } = doctor(["--json"]);
    const found = diagnosis.parse(JSON.parse(out));
    assert.equal(status, found.ok ? 0 : 1);
    assert.equal(found.ok, found.kernel);
    assert.ok(found.chapters.includes("01-tokenization"));
    if (found.engine === "tensorflow") assert.ok(found.versions["tensorflow"]);
  });

  it("says nothing on stderr, where graders look for faults", () => {
    assert.equal(doctor(["--json"]).err, "");
  });

  it("a broken .lab/engine.json is told of, with the cure, and breaks nothing", function () {
    const copy = mkdtempSync(join(tmpdir(), "lab-doctor-"));
    try {
      for (const name of ["src", "package.json", "tsconfig.json"])
        cpSync(join(root, name), join(copy, name), { recursive: true });
      symlinkSync(join(root, "node_modules"), join(copy, "node_modules"), "junction");
      mkdirSync(join(copy, ".lab"));
      mkdirSync(join(copy, "notebooks"));
      for (const [text, fault] of [
        ["{", /engine\.json is not JSON\. Cure: npm run setup/],
        ['{"native":"yes"}', /engine\.json: native .*Cure: npm run setup/],
      ] as const) {
        writeFileSync(join(copy, ".lab", "engine.json"), text);
        const { out, err } = doctor(["--json"], { LAB_ENGINE: "cpu" }, copy);
        assert.equal(err, "");
        const found = diagnosis.parse(JSON.parse(out));
        assert.equal(found.engine, "cpu");
        assert.match(found.advice.join("\n"), fault);
        // This copy has no virtual environment: the lab does not work, and says so.
        assert.deepEqual([found.ok, found.kernel], [false, false]);
        assert.match(found.advice.join("\n"), /kernel `lab` is not installed/);
      }
    } finally {
      rmSync(copy, { recursive: true, force: true });
    }
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
