import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { tf, useEngine } from "../../src/engine";
import { parseResult } from "../../src/train";
import { loadTrained, shippedResult } from "../../src/train/node";
import { runLab, startLab } from "../helpers/lab-command";
import { skipLoudly } from "../helpers/skip";

const file = (folder: string, name: string): Buffer => readFileSync(join(folder, name));

describe("lab train", function () {
  this.timeout(600_000);
  let folder = "";
  before(() => void (folder = mkdtempSync(join(tmpdir(), "recipe-"))));
  after(() => rmSync(folder, { recursive: true, force: true }));

  it("--help and --list tell what there is", () => {
    const help = runLab(["train", "--help"]);
    assert.equal(help.status, 0);
    for (const flag of ["--list", "--steps", "--out", "--resume", "--seed", "--engine", "--json"])
      assert.ok(help.stdout.includes(flag), flag);
    const list = runLab(["train", "--list"]);
    assert.match(list.stdout, /^tiny\n {2}A GPT of one layer/m);
    const rows = JSON.parse(runLab(["train", "--list", "--json"]).stdout) as {
      name: string;
      steps: number;
    }[];
    assert.deepEqual(rows.find(({ name }) => name === "tiny")?.steps, 300);
  });

  it("what goes wrong says what to do, with exit code 1", () => {
    const wrong: [string[], RegExp][] = [
      [[], /Which recipe\? `lab train --list`/],
      [["tyni"], /no recipe "tyni"\. There are: .*tiny/],
      [["tiny", "--steps", "x"], /must be a whole number from 1/],
      [["tiny", "--out", join(folder, "none"), "--resume", "--engine", "cpu"], /none.training\.safetensors: there is no checkpoint\. Cure/],
    ]; // prettier-ignore
    for (const [args, message] of wrong) {
      const { status, stderr } = runLab(["train", ...args]);
      assert.equal(status, 1, stderr);
      assert.match(stderr, message);
    }
  });

  it("a run of 6 steps in two pieces is the run in one, byte for byte; a run is not overwritten", () => {
    const [whole, parts] = [join(folder, "whole"), join(folder, "parts")];
    const run = (...args: string[]) => runLab(["train", "tiny", "--engine", "wasm", ...args]);
    assert.equal(run("--steps", "6", "--out", whole).status, 0);
    const first = run("--steps", "3", "--out", parts);
    assert.match(first.stdout, /15,904 parameters on wasm[^]*Step 3 of the recipe's 300\. To go on: lab train tiny --out .+parts --engine wasm --resume/); // prettier-ignore
    const again = run("--out", parts);
    assert.equal(again.status, 1);
    assert.match(again.stderr, /holds a run already\. Cure: --resume/);
    const other = run("--resume", "--seed", "2", "--out", parts);
    assert.match(other.stderr, /this run has another "seed": 1, now 2\. Cure:/);
    assert.equal(run("--resume", "--steps", "6", "--out", parts).status, 0);
    assert.deepEqual(file(parts, "model.safetensors"), file(whole, "model.safetensors"));
  });

  describe("on native TensorFlow", () => {
    before(async function () {
      try {
        await useEngine({ engine: "tensorflow" });
      } catch (error) {
        skipLoudly(this, (error as Error).message, { failInCI: true });
      }
    });

    it("tiny reaches the loss that is shipped with it, is killed in the middle, and goes on bit for bit", async () => {
      const [whole, killed] = [join(folder, "tiny"), join(folder, "killed")];
      const { status, stdout, stderr } = runLab(["train", "tiny", "--engine", "tensorflow", "--json", "--out", whole]); // prettier-ignore
      assert.equal(status, 0, stderr);
      const result = parseResult(stdout);
      const shipped = await shippedResult("tiny");
      assert.ok(result.finished && shipped?.validationLoss);
      const apart = Math.abs((result.validationLoss as number) - (shipped.validationLoss as number));
      assert.ok(apart < 0.02, `validation loss ${result.validationLoss}, shipped ${shipped.validationLoss}`);

      const checkpoint = join(killed, "training.safetensors");
      assert.equal(runLab(["train", "tiny", "--engine", "tensorflow", "--steps", "100", "--out", killed]).status, 0); // prettier-ignore
      const child = startLab(["train", "tiny", "--engine", "tensorflow", "--resume", "--out", killed]);
      const ended = new Promise((resolve) => child.on("exit", resolve));
      const log = join(killed, "log.jsonl");
      const steps = (): number => (existsSync(log) ? readFileSync(log, "utf8").split("\n").length : 0);
      while (steps() < 15 && child.exitCode === null) await new Promise((resolve) => setTimeout(resolve, 5));
      child.kill("SIGKILL");
      await ended;
      assert.ok(existsSync(checkpoint));
      assert.equal(
        runLab(["train", "tiny", "--engine", "tensorflow", "--resume", "--out", killed]).status,
        0,
      );
      assert.deepEqual(file(killed, "model.safetensors"), file(whole, "model.safetensors"));
      const stepsIn = (name: string) => readFileSync(join(name, "log.jsonl"), "utf8").trim().split("\n").map((line) => { const { step, loss } = JSON.parse(line) as { step: number; loss: number }; return [step, loss]; }); // prettier-ignore
      assert.deepEqual(stepsIn(killed), stepsIn(whole));
      assert.ok(!readdirSync(killed).some((name) => name.endsWith(".tmp")));

      const { params, tokenizer, logits, config } = await loadTrained(whole);
      const ids = tokenizer.encode("ROMEO:");
      const scores = tf.tidy(() => logits(params, tf.tensor2d([ids], [1, ids.length], "int32")));
      assert.deepEqual(scores.shape, [1, 6, config.vocabSize]);
      tf.dispose([scores, params] as unknown as tf.TensorContainer);
    });
  });
});
