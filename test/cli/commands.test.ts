import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { makeProgram } from "../../src/cli";

const root = join(__dirname, "..", "..");

describe("the command lab", function () {
  this.timeout(60_000);

  it("finds each of its commands by name, without most of the others", () => {
    const names = (first?: string): string[] => makeProgram(first).commands.map((command) => command.name());
    const all = names();
    assert.equal(new Set(all).size, all.length);
    for (const name of all) {
      const found = names(name);
      assert.ok(found.includes(name), name);
      assert.ok(found.length <= 2, `${name} brings ${found.join(", ")}`);
    }
    assert.deepEqual(names("rset"), all, "to say what was meant");
  });

  it("lab progress does not wait for TensorFlow", () => {
    const program = `require("./src/cli").runCommand(["progress", "--json"]).then(() => {
      const files = Object.keys(require("node:module")._cache);
      process.exit(files.some((file) => /@tensorflow/.test(file)) ? 3 : 0);
    });`;
    const { status, stderr } = spawnSync(process.execPath, ["--require", "tsx/cjs", "-e", program], { cwd: root, encoding: "utf8" }); // prettier-ignore
    assert.equal(status, 0, stderr);
  });
});
