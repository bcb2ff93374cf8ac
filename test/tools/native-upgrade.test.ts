import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { skipLoudly } from "../helpers/skip";
import { loadTool, root } from "./load";
import { Project } from "./project";

const tfjsNode = path.join(root, "node_modules", "@tensorflow", "tfjs-node");
const place = "node_modules/@tensorflow/tfjs-node";
const offline = { "pip-ziglang": "NewConnectionError: Network is unreachable" };
/** The sentence of native.mjs: what happened, and the cure. */
const stays =
  /^The native engine of an earlier set-up stays in use.*run `npm run setup` where a C\+\+ compiler or a network/;

interface EngineRecord {
  readonly native: string;
  readonly compiler: string | null;
  readonly tensorflow: string | null;
  readonly reasons: readonly string[];
}

describe("native engine, when a new version of the lab asks for a new binding", function () {
  let project: Project;
  let target: string;

  before(async function () {
    if (process.platform === "win32")
      skipLoudly(this, "the fake programs of the set-up tests need a POSIX system");
    if (!fs.existsSync(tfjsNode))
      skipLoudly(this, "the optional npm package @tensorflow/tfjs-node is not installed");
    const { bindingPath } = await loadTool<{ bindingPath(folder: string): string }>("setup/binding.mjs");
    target = path.posix.join(place, path.relative(tfjsNode, bindingPath(tfjsNode)));
  });
  beforeEach(() => {
    project = new Project();
    project.python();
    for (const name of ["binding", "package.json"])
      fs.cpSync(path.join(tfjsNode, name), path.join(project.root, place, name), { recursive: true });
    installer(`console.error("getaddrinfo ENOTFOUND the-host"); process.exit(1);`);
  });
  afterEach(() => project.remove());

  const record = (): EngineRecord => JSON.parse(project.read(".lab/engine.json"));
  const installer = (source: string): void => project.write(`${place}/scripts/install.js`, source);
  /** A compiler that writes `binding`, or, without one, does not start. */
  const compiler = (name: string, binding?: string): void =>
    project.program(
      "c++",
      binding === undefined
        ? "process.exit(1);"
        : `if (process.argv[2] === "--version") console.log("c++ (${name})");
           else require("fs").writeFileSync(process.argv[process.argv.indexOf("-o") + 1], ${JSON.stringify(binding)});`,
    );
  const setUp = async (fail: Readonly<Record<string, string>> = offline): Promise<string> => {
    const options = `--require=${path.join(__dirname, "fake-dlopen.cjs")}`;
    const { code, text } = await project.run({ fail }, { LAB_NATIVE: "", NODE_OPTIONS: options });
    assert.equal(code, 0, text);
    return text;
  };
  const kept = (): string[] =>
    fs.readdirSync(path.join(project.root, ".lab/native")).filter((name) => name.startsWith("tfjs_binding"));
  /** The kept binding's json, changed. */
  const note = (change: Readonly<Record<string, unknown>>): void => {
    const file = `.lab/native/${kept().find((name) => name.endsWith(".json"))}`;
    project.write(file, JSON.stringify({ ...JSON.parse(project.read(file)), ...change }));
  };
  const emptied = (): void =>
    fs.rmSync(path.join(project.root, place, "lib"), { recursive: true, force: true });
  /** A binding of the version before, made by a compiler that is gone; then a new version of the lab. */
  async function upgraded(binding = "fake binding, first"): Promise<void> {
    compiler("First", binding);
    await setUp();
    assert.deepEqual(
      { native: record().native, reasons: record().reasons },
      { native: "built", reasons: [] },
    );
    compiler("Gone");
    newVersion();
  }
  const newVersion = (): void =>
    fs.appendFileSync(path.join(project.root, "tools/setup/binding-patch.mjs"), "\n// A newer patch.\n");

  it("the version of TensorFlow is kept beside the binding", async () => {
    await upgraded();
    assert.deepEqual(JSON.parse(project.read(`.lab/native/${kept()[1]}`)), {
      ...{ compiler: "c++ (First)", tensorflow: "2.21.0", cuda: false },
    });
  });

  it("offline and without a compiler the earlier binding stays, and the record says why and what cures it", async () => {
    await upgraded();
    installer(`throw new Error("the prebuilt road is not needed")`);
    const text = await setUp();
    assert.match(text, /! Native engine .*earlier set-up stays in use/);
    assert.equal(project.read(target), "fake binding, first");
    const { native, compiler: by, tensorflow, reasons } = record();
    assert.deepEqual([native, by, tensorflow], ["built", "c++ (First)", "2.21.0"]);
    assert.equal(reasons.length, 2, reasons.join("\n"));
    assert.match(reasons[0]!, /^No network \(The compiler from PyPI \(ziglang\)\)/);
    assert.match(reasons[1]!, stays);
  });

  it("the next set-up tries again, and the first compiler that works makes the new binding", async () => {
    await upgraded();
    await setUp();
    const before = project.calls().length;
    await setUp();
    assert.deepEqual(project.calls().slice(before), ["pip-ziglang"], "tried again");
    assert.equal(project.read(target), "fake binding, first");
    const old = kept();
    compiler("Second", "fake binding, second");
    await setUp();
    assert.equal(project.read(target), "fake binding, second");
    assert.deepEqual({ ...record() }, {
      ...{ native: "built", compiler: "c++ (Second)", tensorflow: "2.21.0", cuda: false, reasons: [] },
    } as EngineRecord);
    assert.equal(kept().length, 2, "one binding and its json are kept");
    assert.ok(kept().every((name) => !old.includes(name)));
    const after = project.calls().length;
    await setUp();
    assert.equal(project.calls().length, after, "then there is nothing to try");
  });

  it("a new compiler whose binding does not load takes nothing away", async () => {
    await upgraded();
    compiler("Bad", "fake binding, broken");
    await setUp();
    assert.equal(project.read(target), "fake binding, first");
    assert.match(record().reasons[0]!, /^c\+\+ \(Bad\) failed: .*libtensorflow_cc/);
    assert.match(record().reasons.at(-1)!, stays);
  });

  it("comes back after `npm ci`, also where its json is of the time before it named TensorFlow", async () => {
    await upgraded();
    note({ tensorflow: undefined });
    emptied();
    await setUp();
    assert.equal(project.read(target), "fake binding, first");
    assert.deepEqual([record().native, record().tensorflow], ["built", "2.21.0"]);
  });

  it("a binding for another TensorFlow is not put back", async () => {
    await upgraded();
    note({ tensorflow: "2.20.0" });
    emptied();
    await setUp();
    assert.equal(record().native, "none");
    assert.ok(!project.exists(target));
    assert.equal(kept().length, 2, "but it is kept");
  });

  it("a binding that does not load any more is not put back, and none is left to be loaded", async () => {
    await upgraded();
    for (const file of [target, `.lab/native/${kept()[0]}`]) project.write(file, "fake binding, broken");
    await setUp();
    assert.equal(record().native, "none");
    assert.ok(!project.exists(`${place}/lib`));
  });

  it("stays as well where the new version asks for a TensorFlow that cannot be fetched", async () => {
    await upgraded();
    emptied();
    project.write("tools/requirements-tensorflow.txt", "tensorflow-cpu==2.99.0\n");
    await setUp({ ...offline, "pip-tensorflow": "NewConnectionError: Network is unreachable" });
    assert.equal(project.read(target), "fake binding, first");
    assert.deepEqual([record().native, record().tensorflow], ["built", "2.21.0"]);
    assert.match(record().reasons[0]!, /^No network \(TensorFlow from PyPI\)/);
  });

  describe("with tfjs-node's prebuilt binding in place", () => {
    const failing = `require("fs").mkdirSync("deps", { recursive: true }); console.error("ENOTFOUND"); process.exit(1);`;

    beforeEach(async () => {
      compiler("Gone");
      const file = JSON.stringify(path.join(project.root, target));
      installer(`const fs = require("fs");
        fs.mkdirSync(require("path").dirname(${file}), { recursive: true });
        fs.mkdirSync("deps");
        fs.writeFileSync("deps/libtensorflow.so.2", "2.9.1");
        fs.writeFileSync(${file}, "fake binding, prebuilt");`);
      await setUp();
      assert.equal(record().native, "prebuilt");
      installer(failing);
      newVersion();
    });
    const inPlace = (): void => {
      assert.equal(project.read(target), "fake binding, prebuilt");
      assert.equal(project.read(`${place}/deps/libtensorflow.so.2`), "2.9.1");
      assert.deepEqual(
        fs.readdirSync(path.join(project.root, place)).filter((name) => name.endsWith(".before")),
        [],
      );
    };

    it("it stays when the installer fails", async () => {
      await setUp();
      inPlace();
      assert.deepEqual([record().native, record().tensorflow], ["prebuilt", "2.9.1"]);
      assert.match(record().reasons.at(-1)!, stays);
    });

    it("it comes back when the installer was cut off in the middle", async () => {
      const at = (name: string): string => path.join(project.root, place, name);
      for (const name of ["deps", "lib"]) fs.renameSync(at(name), at(`${name}.before`));
      fs.mkdirSync(at("deps"));
      await setUp();
      inPlace();
      assert.equal(record().native, "prebuilt");
    });
  });
});
