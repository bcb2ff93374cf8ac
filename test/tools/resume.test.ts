import assert from "node:assert/strict";
import { skipLoudly } from "../helpers/skip";
import { Project } from "./project";

describe("set-up that is cut off", function () {
  let project: Project;

  before(function () {
    if (process.platform === "win32")
      skipLoudly(this, "the fake programs of the set-up tests need a POSIX system");
  });
  beforeEach(() => {
    project = new Project();
    project.python();
  });
  afterEach(() => project.remove());

  for (const [call, before] of [
    ["venv", []],
    ["pip-requirements", ["venv"]],
  ] as const) {
    it(`goes on after it was killed in ${call}`, async () => {
      const { child, ended } = project.start({ hang: call });
      const python = await project.hung(call);
      child.kill("SIGKILL");
      process.kill(python, "SIGKILL");
      assert.equal((await ended).signal, "SIGKILL");
      assert.ok(project.exists(".lab/setup.lock"), "the killed set-up left its lock");
      assert.deepEqual(project.calls(), [...before, call]);

      const again = await project.run();
      assert.equal(again.code, 0, again.text);
      // What was half done is done again (a half-made environment from the start), what was done is not.
      const rest = call === "venv" ? ["venv", "pip-requirements"] : ["pip-requirements"];
      assert.deepEqual(project.calls(), [...before, call, ...rest]);
      assert.ok(project.exists(".venv/pip"));
      assert.ok(!project.exists(".lab/setup.lock"));
    });
  }

  it("ends in order on Ctrl-C and says how to go on", async () => {
    const { child, ended } = project.start({ hang: "pip-requirements" });
    const python = await project.hung("pip-requirements");
    child.kill("SIGINT");
    process.kill(python, "SIGKILL");
    const { code, text } = await ended;
    assert.equal(code, 130, text);
    assert.match(text, /The same command goes on from here/);
    assert.ok(!project.exists(".lab/setup.lock"));
  });

  it("makes an environment again that lost its pip", async () => {
    assert.equal((await project.run()).code, 0);
    const fs = await import("node:fs");
    fs.rmSync(`${project.root}/.venv/pip`);
    const again = await project.run();
    assert.equal(again.code, 0, again.text);
    assert.deepEqual(project.calls(), ["venv", "pip-requirements", "venv", "pip-requirements"]);
  });

  it("lets a second set-up wait for the first, which then finds all done", async () => {
    const first = project.start({ hang: "pip-requirements" });
    const python = await project.hung("pip-requirements");
    const second = project.start();
    const said = new Promise<void>((resolve) => {
      second.child.stderr.on("data", (chunk) => /Another set-up/.test(String(chunk)) && resolve());
    });
    await said;
    assert.deepEqual(project.calls(), ["venv", "pip-requirements"], "the second waits");
    process.kill(python, "SIGKILL");
    assert.equal((await first.ended).code, 1);
    const { code, text } = await second.ended;
    assert.equal(code, 0, text);
    assert.deepEqual(project.calls(), ["venv", "pip-requirements", "pip-requirements"]);
  });
});
