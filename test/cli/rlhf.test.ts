import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseRlhf, parseRlhfResult } from "../../src/align";
import { loadReward, runRlhf } from "../../src/align/node";
import type { RlhfOptions } from "../../src/align/node";
import { useEngine } from "../../src/engine";
import { loadTrained } from "../../src/train/node";
import { disposeTree } from "../../src/tree";
import { runLab } from "../helpers/lab-command";

const root = join(__dirname, "..", "..");
const shipped = readFileSync(join(root, "recipes", "rlhf.json"), "utf8");

/** All of RLHF in a few seconds: it learns nothing, and every part of it runs. */
const tiny = (iterations: number): string => {
  const recipe = JSON.parse(shipped);
  const constant = { kind: "constant", peak: 1e-3 };
  return JSON.stringify({
    ...recipe,
    model: { family: "gpt", dModel: 8, nLayer: 1, nHead: 1, order: "pre" },
    base: { texts: 40, batch: 4, steps: 3, schedule: constant },
    sft: { demonstrations: 20, batch: 4, steps: 2, schedule: constant },
    reward: { ...recipe.reward, requests: 8, answers: 3, batch: 4 },
    ppo: { ...recipe.ppo, iterations, batch: 4, schedule: constant },
  });
};

describe("lab train rlhf", function () {
  this.timeout(600_000);
  let folder = "";
  before(() => void (folder = mkdtempSync(join(tmpdir(), "rlhf-"))));
  after(() => rmSync(folder, { recursive: true, force: true }));
  it("a run that goes on is the run in one, byte for byte; a run is not overwritten", async () => {
    await useEngine({ engine: "wasm" });
    const [whole, parts] = [join(folder, "whole"), join(folder, "parts")];
    let seen: string[] = [];
    const stages = async (iterations: number, options: RlhfOptions, seed = 1): Promise<string[]> => {
      const recipe = { ...parseRlhf(tiny(iterations)), seed };
      seen = [];
      for await (const { stage, step } of runRlhf({ name: "small", recipe }, options))
        seen.push(`${stage} ${step}`);
      return seen;
    };
    const first = ["base 1", "base 2", "base 3", "sft 1", "sft 2", "reward 1", "reward 2"];
    assert.deepEqual(await stages(2, { folder: whole }), [...first, "ppo 1", "ppo 2"]);
    assert.deepEqual(
      await stages(1, { folder: parts, stop: () => seen.length >= 4 }),
      first.slice(0, 4),
      "stopped in SFT",
    );
    await assert.rejects(stages(1, { folder: parts }), /holds a run already\. Cure: --resume/);
    assert.deepEqual(await stages(1, { folder: parts, resume: true }), [...first.slice(4), "ppo 1"]);
    assert.deepEqual(
      await stages(2, { folder: parts, resume: true }),
      ["ppo 2"],
      "what is done is not run again",
    );
    for (const stage of ["base", "sft", "reward", "ppo"]) {
      const file = (of: string): Buffer => readFileSync(join(of, stage, "model.safetensors"));
      assert.deepEqual(file(parts), file(whole), stage);
    }
    const log = readFileSync(join(parts, "ppo", "log.jsonl"), "utf8")
      .trim()
      .split("\n");
    assert.deepEqual(log.map((line) => (JSON.parse(line) as { step: number }).step), [1, 2]); // prettier-ignore
    await assert.rejects(stages(2, { folder: parts, resume: true }, 9), /another "seed": 1, now 9\. Cure/);
  });

  it("the command runs all stages and tells what they came to", () => {
    const path = join(folder, "small.json");
    writeFileSync(path, tiny(1));
    const { status, stdout, stderr } = runLab(["train", path, "--out", join(folder, "command"), "--engine", "wasm", "--json"]); // prettier-ignore
    assert.equal(status, 0, stderr);
    const { stages } = parseRlhfResult(stdout);
    assert.deepEqual(Object.entries(stages).map(([name, { steps }]) => [name, steps]), [["base", 3], ["sft", 2], ["reward", 2], ["ppo", 1]]); // prettier-ignore
    for (const name of ["gold", "helpful", "notes"])
      assert.ok(Number.isFinite(stages.ppo!.measured[name]), name);
    assert.ok(stages.reward!.measured["pairs"]! > 100);
  });

  it("--list tells of it; what goes wrong says what to do", () => {
    assert.match(
      runLab(["train", "--list"]).stdout,
      /^rlhf\n {2}All of RLHF .*\n {2}\d+ steps: gold reward /m,
    );
    const steps = runLab(["train", "rlhf", "--steps", "5"]);
    assert.match(steps.stderr, /rlhf has stages with steps of their own\. Cure/);
    const none = runLab(["train", "rlhf", "--resume", "--out", join(folder, "none")]);
    assert.match(none.stderr, /there is no checkpoint\. Cure/);
    assert.ok(!existsSync(join(folder, "none")));
  });

  it("a recipe with a mistake is refused by the field", () => {
    const wrong: [(recipe: { [stage: string]: Record<string, unknown> }) => void, RegExp][] = [
      [(recipe) => void (recipe["ppo"]!["beta"] = -1), /ppo\.beta/],
      [(recipe) => void (recipe["ppo"]!["minibatches"] = 3), /ppo\.minibatches: 64 answers do not make 3 parts/],
      [(recipe) => void (recipe["reward"]!["batch"] = 7), /reward\.batch: 960 requests are no whole number of steps of 7/],
      [(recipe) => void (recipe["base"]!["text"] = 1), /Unrecognized key: "text"/],
    ]; // prettier-ignore
    for (const [spoil, message] of wrong) {
      const recipe = JSON.parse(shipped);
      spoil(recipe);
      assert.throws(() => parseRlhf(JSON.stringify(recipe), "small.json"), message);
    }
  });

  it("what is shipped is of the shipped recipe: each stage whole, better than the one before", () => {
    const recipe = parseRlhf(shipped);
    const { stages, seed, finished, command } = parseRlhfResult(readFileSync(join(root, "recipes", "results", "rlhf.json"), "utf8")); // prettier-ignore
    assert.deepEqual([seed, finished, command], [recipe.seed, true, "lab train rlhf"]);
    const steps = [recipe.base.steps, recipe.sft.steps, recipe.reward.requests / recipe.reward.batch, recipe.ppo.iterations]; // prettier-ignore
    assert.deepEqual(Object.values(stages).map((stage) => stage.steps), steps); // prettier-ignore
    const gold = (stage: "base" | "sft" | "ppo"): number => stages[stage]!.measured["gold"]!;
    assert.ok(gold("base") + 0.4 < gold("sft") && gold("sft") + 0.2 < gold("ppo"));
    assert.ok(stages.reward!.measured["accuracy"]! > 0.7);
    assert.ok(
      stages.ppo!.measured["notes"]! < stages.sft!.measured["notes"]! - 0.4,
      "what SFT forgot is back",
    );
  });

  it("the shipped models load", async () => {
    await useEngine({});
    for (const stage of ["base", "sft", "ppo"]) {
      const { config, params } = await loadTrained(`tales-${stage}`);
      assert.equal(config.context, 60);
      disposeTree(params);
    }
    const reward = await loadReward("tales-reward");
    assert.deepEqual(reward.head.weight.shape, [64, 1]);
    disposeTree(reward);
    await assert.rejects(loadReward(join(folder, "nothing")), /no reward model.*Cure: lab train rlhf/);
  });
});
