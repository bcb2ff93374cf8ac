import assert from "node:assert/strict";
import {
  available,
  engineNames,
  measureGflops,
  report,
  tf,
  useEngine,
  assertNoLeaks,
} from "../../src/engine";
import { eachEngine } from "../helpers/engines";
import { inChild, jsonOf, without } from "./child";

interface Told {
  readonly engine: string;
  readonly active: string;
  readonly reasons: readonly string[];
  readonly advice: readonly string[];
}

const use = (options = "") => `
  const { tf, useEngine } = require("./src/engine");
  const { engine, reasons, advice } = await useEngine(${options});
  console.log(JSON.stringify({ engine, active: tf.getBackend(), reasons, advice }));`;

describe("choice of an engine", function () {
  this.timeout(300_000);

  it("takes the first that works of tensorflow, webgpu (a real card), wasm, cpu, and says why not the others", () => {
    const told = jsonOf<Told>(inChild(use()));
    const order = ["tensorflow", "webgpu", "wasm", "cpu"];
    const place = order.indexOf(told.engine);
    assert.equal(told.active, told.engine);
    assert.equal(told.reasons.length, place + 1);
    order.slice(0, place).forEach((name, i) => assert.ok(told.reasons[i]?.startsWith(`not ${name}: `)));
    assert.equal(told.reasons.at(-1), `${told.engine}: the best engine that works here`);
  });

  it("without tfjs-node goes on to the next, with the reason, and says nothing on stderr", () => {
    const ended = inChild(without("@tensorflow/tfjs-node") + use());
    const told = jsonOf<Told>(ended);
    assert.ok(told.engine === "wasm" || told.engine === "webgpu", told.engine);
    assert.match(
      told.reasons[0] ?? "",
      /^not tensorflow: native TensorFlow does not load \(Cannot find module/,
    );
    assert.match(told.reasons[0] ?? "", /Cure: npm run setup$/);
    assert.match(told.advice.join("\n"), /Native TensorFlow is faster: run `npm run setup`/);
    assert.equal(ended.err, "");
  });

  it("a graphics card that is only emulated is taken when asked for by name, never by itself", () => {
    const told = jsonOf<Told & { software: boolean }>(
      inChild(`${without("@tensorflow/tfjs-node")}
        const { useEngine } = require("./src/engine");
        const { engine, reasons, advice, software } = await useEngine();
        console.log(JSON.stringify({ engine, reasons, advice, software }));`),
    );
    assert.equal(told.software, false);
  });

  for (const engine of ["wasm", "cpu"]) {
    it(`LAB_ENGINE=${engine} is followed`, () => {
      const told = jsonOf<Told>(inChild(use(), { LAB_ENGINE: engine }));
      assert.deepEqual([told.engine, told.active, told.reasons], [engine, engine, [`${engine}: LAB_ENGINE`]]);
    });
  }

  it("the option goes before LAB_ENGINE", () => {
    const told = jsonOf<Told>(inChild(use('{ engine: "cpu" }'), { LAB_ENGINE: "wasm" }));
    assert.deepEqual([told.engine, told.reasons], ["cpu", ["cpu: asked for by name"]]);
  });

  it("an unknown LAB_ENGINE is an error that names it and the engines there are", () => {
    const { status, err } = inChild(use(), { LAB_ENGINE: "abacus" });
    assert.equal(status, 1);
    assert.match(
      err,
      /Error: Engine "abacus" \(LAB_ENGINE\) is unknown. Cure: one of tensorflow, webgpu, wasm, cpu/,
    );
  });

  it("an engine that is asked for and not there is an error with the cure; the next call can choose another", () => {
    const ended = inChild(`${without("@tensorflow/tfjs-node")}
      const { tf, useEngine } = require("./src/engine");
      const messages = [];
      for (const engine of ["tensorflow", "webgl"])
        await useEngine({ engine }).catch((error) => messages.push(error.message));
      const before = tf.getBackend();
      const { engine } = await useEngine({ engine: "wasm" });
      console.log(JSON.stringify({ messages, before, engine, sum: tf.ones([2, 2]).sum().dataSync()[0] }));`);
    const told = jsonOf<{ messages: string[]; before: string; engine: string; sum: number }>(ended);
    assert.match(
      told.messages[0] ?? "",
      /^Engine "tensorflow" \(asked for by name\) cannot be used: .*Cure: npm run setup$/,
    );
    assert.match(told.messages[1] ?? "", /^Engine "webgl" .*only in browsers. Cure: choose wasm$/);
    assert.deepEqual([told.before, told.engine, told.sum], ["cpu", "wasm", 4]);
  });

  for (const [fault, does] of [
    // tfjs has then made "webgpu" the active backend, with nothing behind it.
    [
      "loads and does not start",
      'tf.registerBackend("webgpu", () => { throw new Error("the device was lost"); });',
    ],
    // As tfjs-node does: loading it makes it the active backend.
    ["fails after it took over", 'await tf.setBackend("cpu"); throw new Error("the device was lost");'],
  ] as const) {
    it(`an engine that ${fault} leaves the engine in use, and its tensors`, () => {
      const told = jsonOf<{ message: string; active: string; sum: number }>(
        inChild(`const { tf, useEngine } = require("./src/engine");
          const { platform } = require("./src/engine/platform");
          const { load } = platform;
          platform.load = async (engine, asked) => {
            if (engine !== "webgpu") return load(engine, asked);
            ${does}
            return { device: "GPU", software: false, versions: {} };
          };
          await useEngine({ engine: "wasm" });
          const ones = tf.ones([2, 2]);
          const { message } = await useEngine({ engine: "webgpu" }).catch((error) => error);
          const active = tf.getBackend();
          console.log(JSON.stringify({ message, active, sum: ones.sum().dataSync()[0] }));`),
      );
      assert.match(told.message, /^Engine "webgpu" .*(tfjs could not start it|the device was lost)$/);
      assert.deepEqual([told.active, told.sum], ["wasm", 4]);
    });
  }

  it("available tells of every engine of Node, and leaves the engine in use", async () => {
    await useEngine({ engine: "wasm" });
    const all = await available();
    assert.equal(tf.getBackend(), "wasm");
    assert.deepEqual(
      all.map(({ engine }) => engine),
      ["tensorflow", "webgpu", "wasm", "cpu"],
    );
    for (const one of all) {
      assert.ok(engineNames.includes(one.engine));
      if (one.ok) assert.ok(one.loaded.device.length > 0);
      else assert.match(one.reason, /Cure: /);
    }
    assert.ok(all.find(({ engine }) => engine === "cpu")?.ok);
  });
});

eachEngine("report", (engine) => {
  it("says what computes and how fast, and leaves no tensor", async () => {
    const found = await assertNoLeaks(() => report());
    assert.equal(found.engine, engine);
    assert.ok(found.gflops !== null && found.gflops > 0 && Number.isFinite(found.gflops));
    assert.equal(found.versions["node"], process.versions.node);
    assert.equal(found.versions["tfjs"], tf.version["tfjs-core"]);
    assert.equal(found.jit, engine === "tensorflow" && found.jit);
    assert.ok(found.device.length > 3);
    assert.deepEqual(found.reasons, [`${engine}: asked for by name`]);
  });

  it("measureGflops leaves no tensor", async () => {
    assert.ok((await assertNoLeaks(() => measureGflops(32, 3))) > 0);
  });
});
