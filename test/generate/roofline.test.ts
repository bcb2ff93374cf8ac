import assert from "node:assert/strict";
import { tf, useEngine } from "../../src/engine";
import {
  attainable,
  cacheMemory,
  decodeWork,
  measureMachine,
  readWork,
  ridge,
  roofAt,
} from "../../src/generate";
import { llamaPresets, llamaSizes, ruleOfSix } from "../../src/models";

describe("the roofline", () => {
  const sizes = llamaSizes(llamaPresets["smollm2-135m"]);
  const parameters = 134_515_008;
  const weightBytes = 4 * parameters;
  const machine = { flopsPerSecond: 200e9, bytesPerSecond: 25e9 };

  it("decoding is memory bound: two operations a weight, whatever the text", () => {
    const step = decodeWork(sizes, { weightBytes });
    assert.ok(Math.abs(step.flops / ((ruleOfSix(parameters) * 2) / 6) - 1) < 0.01, "2 FLOPs a weight");
    assert.ok(step.intensity > 0.49 && step.intensity < 0.51, `${step.intensity}`);
    const { bound, tokensPerSecond, seconds, flopsPerSecond } = attainable(machine, step);
    assert.equal(bound, "memory");
    assert.ok(Math.abs(tokensPerSecond - 25e9 / step.bytes) < 1e-9);
    assert.ok(Math.abs(flopsPerSecond * seconds - step.flops) < 1);
  });

  it("a prompt and a batch use each weight often, and become compute bound", () => {
    assert.equal(attainable(machine, readWork(sizes, 64, { weightBytes })).bound, "compute");
    const batches = [1, 2, 4, 8, 16, 32, 64].map((batch) => decodeWork(sizes, { weightBytes, batch }));
    const rates = batches.map((each) => attainable(machine, each).tokensPerSecond);
    assert.ok(rates.every((rate, i) => i === 0 || rate >= rates[i - 1]!));
    assert.equal(attainable(machine, batches.at(-1)!).bound, "compute");
    // Keys and values are each text's own: a long text holds the intensity of a batch down.
    const long = decodeWork(sizes, { weightBytes, batch: 16, seen: 2000 });
    assert.ok(long.intensity < decodeWork(sizes, { weightBytes, batch: 16 }).intensity);
    assert.equal(long.bytes - weightBytes, 16 * 2001 * 2 * 30 * 3 * 64 * 4);
  });

  it("the roof rises to the ridge, and is flat from there", () => {
    assert.equal(ridge(machine), 8);
    assert.equal(roofAt(machine, 4), 100e9);
    assert.equal(roofAt(machine, 8), 200e9);
    assert.equal(roofAt(machine, 100), 200e9);
  });
});

describe("measures of the machine and of caches", function () {
  this.timeout(300_000);
  before(() => useEngine({ engine: "cpu" }));

  it("a machine has a bandwidth and a peak, and nothing is left", async () => {
    const before = tf.memory().numTensors;
    const { bytesPerSecond, flopsPerSecond } = await measureMachine({ side: 32, megabytes: 1 });
    for (const value of [bytesPerSecond, flopsPerSecond]) assert.ok(value > 1e5 && value < 1e16, `${value}`);
    assert.equal(tf.memory().numTensors, before);
  });

  it("caches of MHA, GQA and MQA take what the formula says", () => {
    const sizes = { dModel: 576, nLayer: 4, nHead: 9, nKvHead: 3 };
    const rows = cacheMemory(sizes, { batch: 2, places: 50 });
    assert.deepEqual(rows.map(({ kind }) => kind), ["MHA", "GQA", "MQA"]); // prettier-ignore
    for (const { formula, measured } of rows) assert.equal(measured, formula);
    const [all, grouped, one] = rows.map(({ measured }) => measured) as [number, number, number];
    assert.equal(all, 2 * 4 * 576 * 4 * 50 * 2);
    assert.deepEqual([all / grouped, all / one], [3, 9]);
    assert.throws(() => cacheMemory(sizes, { batch: 1, places: 1 }, [2]), /2 heads of keys do not divide 9/);
  });
});
