import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { skipLoudly } from "../helpers/skip";
import { Project } from "./project";

describe("set-up in a fresh checkout", function () {
  let project: Project;

  before(function () {
    if (process.platform === "win32")
      skipLoudly(this, "the fake programs of the set-up tests need a POSIX system");
  });
  beforeEach(() => (project = new Project()));
  afterEach(() => project.remove());

  it("does every step once; a second run does nothing", async () => {
    project.python();
    const first = await project.run();
    assert.equal(first.code, 0, first.text);
    assert.deepEqual(project.calls(), ["venv", "pip-requirements"]);
    const spec = JSON.parse(project.read(".venv/share/jupyter/kernels/lab/kernel.json"));
    assert.equal(spec.argv[0], process.execPath);
    assert.equal(project.read("node_modules/transformer-lab/text/index.js"), "exports.one = 1;");
    assert.deepEqual(JSON.parse(project.read("dist/package.json")), {
      ...{ name: "transformer-lab", version: "1.2.3", license: "MIT", type: "commonjs" },
    });

    const stamps = project.read(".lab/setup.json");
    // `npm run setup` tries the native engine again; everything else stays.
    const second = await project.run();
    assert.equal(second.code, 0, second.text);
    assert.deepEqual(project.calls(), ["venv", "pip-requirements"]);
    assert.deepEqual(withoutTimes(project.read(".lab/setup.json")), withoutTimes(stamps));
  });

  it("says so when there is no Python, and what to install", async () => {
    const { code, text } = await project.run();
    assert.equal(code, 1);
    assert.match(
      text,
      /There is no python3 on PATH; JupyterLab needs Python 3\.10 or newer with venv or pip\. Install/,
    );
    assert.match(text, /\.lab\/setup\.log/);
    assert.ok(!text.includes("    at "), "no stack trace");
  });

  it("passes over a Python that is too old, to a newer one of another name", async () => {
    project.program("python3", oldPython);
    const alone = await project.run();
    assert.equal(alone.code, 1);
    assert.match(
      alone.text,
      /needs Python 3\.10 or newer; found only CPython 3\.8\.10\. Install a newer one/,
    );
    project.python("python3.12");
    const both = await project.run();
    assert.equal(both.code, 0, both.text);
  });

  it("takes virtualenv where the venv module is missing", async () => {
    project.python();
    const { code, text } = await project.run({ has: { venv: false } });
    assert.equal(code, 0, text);
    assert.deepEqual(project.calls(), ["pip-virtualenv", "virtualenv", "pip-requirements"]);
    assert.match(text, /by virtualenv/);
  });

  it("takes virtualenv where venv is there and fails, as Debian's without ensurepip", async () => {
    project.python();
    const { code, text } = await project.run({ fail: { venv: "ensurepip is not available" } });
    assert.equal(code, 0, text);
    assert.deepEqual(project.calls(), ["venv", "pip-virtualenv", "virtualenv", "pip-requirements"]);
  });

  it("names the package to install where neither venv nor pip is there", async () => {
    project.python();
    const { code, text } = await project.run({ has: { venv: false, pip: false } });
    assert.equal(code, 1);
    assert.match(text, /has neither venv nor pip: install one of them/);
    if (process.platform === "linux") assert.match(text, /apt install python3\.12-venv/);
  });

  it("says that the disk is full", async () => {
    project.python();
    const fail = {
      "pip-requirements":
        "ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device",
    };
    const { code, text } = await project.run({ fail });
    assert.equal(code, 1);
    assert.match(
      text,
      /The disk is full: set-up needs about 3 GB in .* \(\d+ MB are free now\)\. Free some space/,
    );
    assert.match(project.read(".lab/setup.log"), /Errno 28/, "the whole output is in the log");
  });

  it("says that there is no network, whichever program notices", async () => {
    project.python();
    const pip =
      "WARNING: Retrying ... NewConnectionError: Temporary failure in name resolution\nERROR: No matching distribution found for anyio==4.16.0";
    const first = await project.run({ fail: { "pip-requirements": pip } });
    assert.equal(first.code, 1);
    assert.match(
      first.text,
      /No network \(Python packages \(JupyterLab\)\): the package registry did not answer/,
    );

    project.program("npm", `console.error("npm error code ENOTFOUND"); process.exit(1);`);
    project.write(
      "package-lock.json",
      JSON.stringify({ packages: { "": {}, "node_modules/a": { version: "1.0.0" } } }),
    );
    const second = await project.run();
    assert.equal(second.code, 1);
    assert.match(second.text, /No network \(npm packages\)/);
  });

  it("refuses a Node that is too old", async () => {
    project.python();
    const preload = path.join(project.folder, "node18.cjs");
    fs.writeFileSync(
      preload,
      `Object.defineProperty(process, "versions", { value: { ...process.versions, node: "18.1.0" } });`,
    );
    const { code, text } = await project.run({}, { NODE_OPTIONS: `--require ${preload}` });
    assert.equal(code, 1);
    assert.match(text, /This is Node 18\.1\.0; the lab needs Node 20 or newer\. Install/);
  });

  it("installs npm packages again when node_modules is not what the lockfile asks for", async () => {
    project.python();
    assert.equal((await project.run()).code, 0);
    const packages = { "": {}, "node_modules/a": { version: "1.0.0" } };
    project.write("package-lock.json", JSON.stringify({ packages }));
    // npm ci empties node_modules: the compiler comes back with it, the link to dist does not.
    project.program(
      "npm",
      `const fs = require("fs");
       fs.appendFileSync(process.env.FAKE_CALLS, process.argv.slice(2, 4).join(" ") + "\\n");
       fs.rmSync("node_modules/transformer-lab");
       fs.writeFileSync("node_modules/.package-lock.json", '{"packages":{"node_modules/a":{"version":"1.0.0"}}}');`,
    );
    const { code, text } = await project.run();
    assert.equal(code, 0, text);
    assert.deepEqual(project.calls().slice(2), ["ci --ignore-scripts"]);
    assert.ok(project.exists("node_modules/transformer-lab/package.json"), "the link is back");
  });
});

const oldPython = `console.log(JSON.stringify({ version: [3, 8, 10], executable: "/usr/bin/python3", implementation: "CPython",
  venv: true, virtualenv: false, pip: true }))`;

/** The stamps without how long each step took. */
function withoutTimes(stamps: string): unknown {
  return JSON.parse(stamps, (name, value) => (name === "seconds" ? undefined : value));
}
