import assert from "node:assert/strict";
import { whyNot } from "../../src/engine/native";
import { quietTensorflow, repairUtil, withoutBanner } from "../../src/engine/repair";
import { readSetupRecord } from "../../src/engine/setup-record";
import { skipLoudly } from "../helpers/skip";
import { inChild, jsonOf } from "./child";

/** What Node 23 removed of node:util and tfjs-node 4.22 still calls. */
const forget = `
  const util = require("node:util");
  for (const name of ["isNullOrUndefined", "isArray", "isString", "isNumber", "isObject", "isBoolean", "isNull",
    "isUndefined", "isFunction", "isBuffer"]) delete util[name];`;

const train = `
  const x = tf.variable(tf.tensor2d([1, 2, 3, 4], [2, 2]));
  const { value, grads } = tf.variableGrads(() => x.matMul(x).square().sum());
  console.log(JSON.stringify({ engine: tf.getBackend(), loss: value.dataSync()[0], grad: Object.values(grads)[0].size }));`;

describe("native TensorFlow", function () {
  this.timeout(300_000);

  before(function () {
    const record = readSetupRecord();
    if (record !== null && typeof record !== "string" && record.native !== "none") return;
    const why =
      typeof record === "string" ? record : (record?.reasons.join("; ") ?? "set-up has not run here");
    skipLoudly(this, `no native engine: ${why}`, { failInCI: true });
  });

  it("is silent on stdout and stderr while it is loaded and used", () => {
    const ended = inChild(`const { tf, useEngine } = require("./src/engine");
      await useEngine({ engine: "tensorflow" }); ${train}`);
    assert.deepEqual(jsonOf(ended), { engine: "tensorflow", loss: 49 + 100 + 225 + 484, grad: 4 });
    assert.equal(ended.err, "");
  });

  it("is not loaded by importing the library, only by the first useEngine", () => {
    const loaded = `(Object.keys(require("node:module")._cache).some((file) => /tfjs-node/.test(file)) ||
      (process.platform === "linux" && /libtensorflow/.test(require("node:fs").readFileSync("/proc/self/maps", "utf8"))))`;
    const told = jsonOf<boolean[]>(
      inChild(`const { useEngine } = require("./src/engine");
        for (const layer of require("node:fs").readdirSync("src").filter((name) => !name.includes(".")))
          require("./src/" + layer);
        const before = ${loaded};
        await useEngine({ engine: "tensorflow" });
        console.log(JSON.stringify([before, ${loaded}]));`),
    );
    assert.deepEqual(told, [false, true]);
  });

  it("works where node:util lacks what Node 23 removed", () => {
    const ended = inChild(`${forget}
      const { tf, useEngine } = require("./src/engine");
      await useEngine({ engine: "tensorflow" }); ${train}`);
    assert.deepEqual(jsonOf(ended), { engine: "tensorflow", loss: 858, grad: 4 });
    assert.equal(ended.err, "");
  });

  it("would not work there without the repair", () => {
    const { status, err } = inChild(`${forget} const tf = require("@tensorflow/tfjs-node"); ${train}`);
    assert.notEqual(status, 0);
    assert.match(err, /is(NullOrUndefined|Array)\)? is not a function/);
  });

  it("compiles by XLA where set-up has built the binding", () => {
    const record = readSetupRecord();
    const told = jsonOf<{ jit: boolean }>(
      inChild(`const { useEngine } = require("./src/engine");
        console.log(JSON.stringify({ jit: (await useEngine({ engine: "tensorflow" })).jit }));`),
    );
    assert.equal(told.jit, record !== null && typeof record !== "string" && record.native === "built");
  });
});

describe("why native TensorFlow does not load", () => {
  const error = new Error("Cannot find module tfjs_binding.node\nRequire stack");
  const begin = "native TensorFlow does not load (Cannot find module tfjs_binding.node); ";
  const record = { native: "none", compiler: null, tensorflow: null, cuda: false } as const;

  it("joins the sentences that set-up noted, with one full stop before the cure", () => {
    const reasons = ["The disk is full.", "No network (ziglang): what is already installed is kept."];
    assert.equal(
      whyNot(error, { ...record, reasons }),
      `${begin}The disk is full; No network (ziglang): what is already installed is kept. Cure: npm run setup`,
    );
    assert.equal(
      whyNot(error, { ...record, reasons: ["switched off by LAB_NATIVE=off"] }),
      `${begin}switched off by LAB_NATIVE=off. Cure: npm run setup`,
    );
  });

  it("names the cure once, whatever the record is", () => {
    const cured = (noted: string): string => `${begin}${noted}. Cure: npm run setup`;
    assert.equal(whyNot(error, null), cured("set-up has not run here"));
    assert.equal(whyNot(error, { ...record, reasons: [] }), cured("set-up noted native: none"));
    assert.equal(
      whyNot(error, "engine.json is not JSON. Cure: npm run setup"),
      cured("engine.json is not JSON"),
    );
  });
});

describe("repairs before tfjs-node", () => {
  it("repairUtil adds what is missing, and leaves what is there", () => {
    const own = (): boolean => true;
    const target: Record<string, unknown> = { isArray: own };
    const added = repairUtil(target);
    assert.equal(target["isArray"], own);
    assert.equal(added.length, 9);
    assert.ok(!added.includes("isArray"));
    assert.deepEqual(repairUtil(target), []);
    const call = (name: string, value: unknown) => (target[name] as (value: unknown) => boolean)(value);
    assert.deepEqual(
      [null, undefined, 0, ""].map((value) => call("isNullOrUndefined", value)),
      [true, true, false, false],
    );
    assert.deepEqual(
      [Buffer.from("a"), new Uint8Array(1)].map((value) => call("isBuffer", value)),
      [true, false],
    );
    assert.equal(call("isObject", null), false);
  });

  it("quietTensorflow keeps what the user has set", () => {
    const env: NodeJS.ProcessEnv = { TF_CPP_MIN_LOG_LEVEL: "0" };
    quietTensorflow(env);
    assert.deepEqual(env, { TF_CPP_MIN_LOG_LEVEL: "0", TF_ENABLE_ONEDNN_OPTS: "0" });
  });

  it("withoutBanner keeps lines off the console and puts the console back, also after an error", async () => {
    const before = console.warn;
    const { value, lines } = await withoutBanner(() => {
      console.warn("a banner %d", 1);
      return 7;
    });
    assert.deepEqual([value, lines], [7, ["a banner 1"]]);
    await assert.rejects(
      withoutBanner(() => {
        throw new Error("broken");
      }),
      /broken/,
    );
    assert.equal(console.warn, before);
  });
});
