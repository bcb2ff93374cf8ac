import assert from "node:assert/strict";
import * as library from "../src";

describe("transformer-lab", () => {
  it("has the layers as names, each with its functions", () => {
    const layers = [
      "engine",
      "ops",
      "tree",
      "nn",
      "models",
      "text",
      "embeddings",
      "checkpoints",
      "data",
      "train",
    ];
    assert.deepEqual(
      Object.keys(library).sort(),
      [...layers, "lens", "generate", "prompt", "align", "lab"].sort(),
    );
    assert.equal(typeof library.engine.useEngine, "function");
    assert.equal(typeof library.ops.linear, "function");
    assert.equal(typeof library.tree.countParams, "function");
    assert.equal(typeof library.nn.multiHeadAttention, "function");
    assert.equal(typeof library.models.gpt, "function");
    assert.equal(typeof library.train.adamW, "function");
    assert.equal(typeof library.text.trainBpe, "function");
    assert.equal(typeof library.checkpoints.readSafetensors, "function");
    assert.equal(typeof library.lab.show, "function");
  });
});
