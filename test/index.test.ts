import assert from "node:assert/strict";
import * as library from "../src";

describe("transformer-lab", () => {
  it("has the layers as names, each with its functions", () => {
    assert.deepEqual(Object.keys(library).sort(), ["checkpoints", "engine", "lab", "ops", "text", "train"]);
    assert.equal(typeof library.engine.useEngine, "function");
    assert.equal(typeof library.ops.linear, "function");
    assert.equal(typeof library.train.adamW, "function");
    assert.equal(typeof library.text.trainBpe, "function");
    assert.equal(typeof library.checkpoints.readSafetensors, "function");
    assert.equal(typeof library.lab.show, "function");
  });
});
