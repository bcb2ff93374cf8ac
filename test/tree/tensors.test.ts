import assert from "node:assert/strict";
import { tf } from "../../src/engine";
import { countParams, mapTensors, namedTensors, selectTensors } from "../../src/tree";
import { eachEngine } from "../helpers/engines";

eachEngine("tree", () => {
  it("counts, names, maps and chooses", async () => {
    const shared = tf.ones([5, 2]);
    const params = {
      tokens: shared,
      blocks: [{ norm: tf.zeros([2]) }, { norm: tf.ones([2]) }],
      head: shared,
    };
    assert.equal(countParams(params), 14, "a tied head counts once");
    assert.deepEqual([...namedTensors(params).keys()], ["tokens", "blocks.0.norm", "blocks.1.norm", "head"]);
    const seen: string[] = [];
    const doubled = mapTensors(params, (tensor, name) => (seen.push(name), tensor.mul(2)));
    assert.deepEqual(Array.from(await doubled.blocks[1]!.norm.data()), [2, 2]);
    assert.equal(seen.length, 4);
    const { chosen, merge } = selectTensors(params, /norm$/);
    assert.deepEqual(Object.keys(chosen), ["blocks.0.norm", "blocks.1.norm"]);
    const merged = merge({ "blocks.0.norm": tf.fill([2], 7) });
    assert.deepEqual(Array.from(await merged.blocks[0]!.norm.data()), [7, 7]);
    assert.equal(merged.blocks[1]!.norm, params.blocks[1]!.norm, "what is not chosen stays");
    assert.throws(() => countParams({ a: 1 }), /"a" must be a tensor/);
  });
});
