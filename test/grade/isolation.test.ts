import assert from "node:assert/strict";
import type { Launcher } from "../../src/grade/isolation";
import { chooseLauncher, IsolationError, ISOLATIONS } from "../../src/grade/isolation";
import { probe } from "../../src/grade/probe";
import { DEFAULT_LIMITS } from "../../src/grade/sandbox";
import { skipLoudly } from "../helpers/skip";

const open = async (launcher: Launcher): Promise<string[]> =>
  Object.entries((await probe(launcher, DEFAULT_LIMITS)).blocked)
    .filter(([, blocked]) => !blocked)
    .map(([name]) => name);

describe("isolation of learners' processes", function () {
  this.timeout(120_000);

  for (const name of ISOLATIONS) {
    it(`${name}: the probe reads, writes, connects, starts, sees and takes nothing`, async function () {
      let launcher: Launcher;
      try {
        launcher = chooseLauncher(name);
      } catch (error) {
        assert.ok(error instanceof IsolationError);
        assert.match(error.message, /--isolation \w+ does not work here: .+\n.+/, "why, and a cure");
        skipLoudly(this, `${name} does not work on this machine`);
      }
      assert.equal(launcher.by, name);
      const unlimited = process.platform === "linux" ? [] : ["memory"];
      assert.deepEqual(await open(launcher), unlimited);
    });
  }

  it("auto takes the strongest that works", () => {
    const works = ISOLATIONS.find((name) => {
      try {
        return chooseLauncher(name).by === name;
      } catch {
        return false;
      }
    });
    assert.equal(chooseLauncher("auto").by, works);
  });

  it("the report is what was measured: a launcher that guards nothing is seen through", async function () {
    if (process.platform === "win32") skipLoudly(this, "the commands here are of Unix");
    const naked: Launcher = {
      by: "namespaces",
      wrap: ([node, ...args]) => [node!, args.filter((arg) => !/permission|^--allow/.test(arg))],
    };
    assert.deepEqual((await open(naked)).sort(), ["memory", "processes", "read", "write"]);
  });
});
