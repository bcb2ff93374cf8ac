import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { skipLoudly } from "../helpers/skip";
import { loadTool, root, type Paths } from "./load";
import { Project } from "./project";

const tfjsNode = path.join(root, "node_modules", "@tensorflow", "tfjs-node");

interface EngineRecord {
  readonly native: string;
  readonly compiler: string | null;
  readonly tensorflow: string | null;
  readonly reasons: readonly string[];
}

describe("native engine, where it cannot be built", function () {
  let project: Project;
  const record = (): EngineRecord => JSON.parse(project.read(".lab/engine.json"));

  before(function () {
    if (process.platform === "win32")
      skipLoudly(this, "the fake programs of the set-up tests need a POSIX system");
    if (!fs.existsSync(tfjsNode))
      skipLoudly(this, "the optional npm package @tensorflow/tfjs-node is not installed");
  });
  beforeEach(() => {
    project = new Project();
    project.python();
    const place = path.join(project.root, "node_modules", "@tensorflow", "tfjs-node");
    for (const name of ["binding", "package.json"]) {
      fs.cpSync(path.join(tfjsNode, name), path.join(place, name), { recursive: true });
    }
    project.write(
      "node_modules/@tensorflow/tfjs-node/scripts/install.js",
      `console.error("getaddrinfo ENOTFOUND the-host"); process.exit(1);`,
    );
  });
  afterEach(() => project.remove());

  it("set-up succeeds on wasm and writes down why each road was closed", async () => {
    project.program(
      "c++",
      `if (process.argv[2] === "--version") console.log("c++ (Fake) 1.0");
       else { console.error("tfjs_backend.cc:1:1: error: boom"); process.exit(1); }`,
    );
    const fail = { "pip-ziglang": "NewConnectionError: Network is unreachable" };
    const { code, text } = await project.run({ fail }, { LAB_NATIVE: "" });
    assert.equal(code, 0, text);
    assert.match(text, /! Native engine .* the lab runs on wasm/);
    const { native, tensorflow, reasons } = record();
    assert.equal(native, "none");
    assert.equal(tensorflow, "2.21.0");
    assert.equal(reasons.length, 3, reasons.join("\n"));
    assert.match(reasons[0], /^c\+\+ \(Fake\) 1\.0 failed: tfjs_backend\.cc:1:1: error: boom/);
    assert.match(reasons[1], /^No network \(The compiler from PyPI \(ziglang\)\)/);
    assert.match(reasons[2], /^No network \(tfjs-node's prebuilt download\)/);
    assert.ok(!project.exists("node_modules/@tensorflow/tfjs-node/lib"), "no half-made binding is left");

    const before = project.calls();
    const again = await project.run({ fail }, { LAB_NATIVE: "" });
    assert.equal(again.code, 0, again.text);
    assert.deepEqual(
      project.calls().slice(before.length),
      ["pip-ziglang"],
      "`npm run setup` tries the roads again",
    );
  });

  it("a wheel that does not exist for this system is a reason, not an error", async () => {
    const fail = { "pip-tensorflow": "ERROR: No matching distribution found for tensorflow-cpu==2.21.0" };
    const { code, text } = await project.run({ fail }, { LAB_NATIVE: "" });
    assert.equal(code, 0, text);
    assert.equal(record().native, "none");
    assert.match(
      record().reasons[0],
      /no ready-made package tensorflow-cpu==2\.21\.0 for this Python on this system/,
    );
  });

  it("LAB_NATIVE=off is a reason as well", async () => {
    assert.equal((await project.run()).code, 0);
    assert.deepEqual(record(), {
      ...{ native: "none", compiler: null, tensorflow: null, cuda: false },
      reasons: ["switched off by LAB_NATIVE=off"],
    });
    assert.ok(!project.calls().includes("pip-tensorflow"));
  });
});

describe("native binding", () => {
  it("the patch applies to the binding's sources as shipped, and to no others", async function () {
    if (!fs.existsSync(tfjsNode))
      skipLoudly(this, "the optional npm package @tensorflow/tfjs-node is not installed");
    const { patched, patchedFiles } = await loadTool<{
      patched(name: string, source: string): string;
      patchedFiles: string[];
    }>("setup/binding-patch.mjs");
    const told = {
      "tfjs_backend.cc": "TFE_OpSetAttrTypeList",
      "tfjs_backend.h": "CallModule",
      "tfjs_binding.cc": "callModule",
    };
    assert.deepEqual(patchedFiles.sort(), Object.keys(told));
    for (const [name, word] of Object.entries(told)) {
      const source = fs.readFileSync(path.join(tfjsNode, "binding", name), "utf8");
      assert.ok(!source.includes(word), "node_modules itself is as npm made it");
      const changed = patched(name, source);
      assert.ok(changed.includes(word));
      assert.throws(
        () => patched(name, "int other;"),
        /not the version that the lab's changes were written for/,
      );
    }
  });

  it("runs StableHLO through XlaCallModule, by executeOp and by callModule", async function () {
    const { pathsOf } = await loadTool<{ pathsOf(): Paths }>("setup/paths.mjs");
    const record = fs.existsSync(pathsOf().engine)
      ? JSON.parse(fs.readFileSync(pathsOf().engine, "utf8"))
      : undefined;
    if (record?.native !== "built") {
      skipLoudly(
        this,
        `native TensorFlow is not built here: ${record?.reasons.join("; ") ?? "set-up has not run"}`,
      );
    }
    const { bindingPath } = await loadTool<{ bindingPath(folder: string): string }>("setup/binding.mjs");
    // A process of its own: the tests of other layers load the same binding through tfjs-node.
    const output = execFileSync(process.execPath, ["-e", xlaProgram, bindingPath(tfjsNode)], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    });
    // [[1,2],[3,4]] x [[5,6],[7,8]], and that plus the second matrix.
    const both = [
      [24, 28, 50, 58],
      [19, 22, 43, 50],
    ];
    assert.deepEqual(JSON.parse(output), [
      ...both,
      ...both,
      ...both,
      "Input Tensor ID not referenced (tensor_id: 1000000)",
      "callModule: the ids of inputs must be an Int32Array",
      "callModule() takes 3 args but got 1.",
    ]);
  });
});

const xlaProgram = `
const holder = { exports: {} };
process.dlopen(holder, process.argv[1]);
const b = holder.exports;
const module_ = \`module @jit { func.func public @main(%a: tensor<2x2xf32>, %b: tensor<2x2xf32>) -> (tensor<2x2xf32>, tensor<2x2xf32>) {
  %0 = stablehlo.dot_general %a, %b, contracting_dims = [1] x [0] : (tensor<2x2xf32>, tensor<2x2xf32>) -> tensor<2x2xf32>
  %1 = stablehlo.add %0, %b : tensor<2x2xf32>
  return %1, %0 : tensor<2x2xf32>, tensor<2x2xf32> } }\`;
const t = (values) => b.createTensor([2, 2], b.TF_FLOAT, new Float32Array(values));
const attributes = [
  { name: "version", type: b.TF_ATTR_INT, value: 5 },
  { name: "module", type: b.TF_ATTR_STRING, value: module_ },
  { name: "Tin", type: b.TF_ATTR_TYPE, value: [b.TF_FLOAT, b.TF_FLOAT] },
  { name: "Tout", type: b.TF_ATTR_TYPE, value: [b.TF_FLOAT, b.TF_FLOAT] },
  { name: "Sout", type: b.TF_ATTR_SHAPE, value: [[2, 2], [2, 2]] },
];
const outputs = b.executeOp("XlaCallModule", attributes, [t([1, 2, 3, 4]), t([5, 6, 7, 8])], 2);
const values = outputs.map((o) => Array.from(b.tensorDataSync(o.id)));
// The same by callModule, twice: with attributes converted now, and with those kept.
const ids = Int32Array.of(t([1, 2, 3, 4]), t([5, 6, 7, 8]));
for (let i = 0; i < 2; i++) {
  const first = b.callModule(attributes, ids, 2);
  values.push(Array.from(b.tensorDataSync(first)), Array.from(b.tensorDataSync(first + 1)));
}
for (const bad of [[attributes, Int32Array.of(1e6, 0), 2], [attributes, [1, 2], 2], [attributes]]) {
  try { b.callModule(...bad); values.push("no error"); } catch (error) { values.push(error.message.split("\\n")[0]); }
}
console.log(JSON.stringify(values));`;
