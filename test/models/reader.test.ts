import assert from "node:assert/strict";
import { makeRng, tf, useEngine } from "../../src/engine";
import { gpt, initReader, reader } from "../../src/models";
import type { GptConfig } from "../../src/models";
import { assertSame } from "../helpers/jitted";

const config = { vocabSize: 9, dModel: 8, nLayer: 2, nHead: 2, places: 6 };
const row = (partA: number, ids: number[]) => ({
  inputs: tf.tensor2d([ids], undefined, "int32"),
  positions: tf.range(0, ids.length, 1, "int32").expandDims(0),
  blockPositions: tf.zeros([1, ids.length], "int32"),
  partA: tf.tensor1d([partA], "int32"),
});

describe("reader", () => {
  before(async () => void (await useEngine()));

  it("with no front is GPT, number for number", () => {
    tf.tidy(() => {
      const params = initReader(config, makeRng(1));
      const { first, second } = params.positions;
      const own: GptConfig = { ...config, context: config.places, order: "pre" };
      const positions = first.add(second.slice([0, 0], [1, -1]));
      const ids = [1, 2, 3, 4, 5];
      const wanted = gpt({ ...params, positions }, own, tf.tensor2d([ids], undefined, "int32"));
      assertSame(reader(params, config, row(0, ids)), wanted, 1e-5, "logits");
    });
  });

  it("the front sees itself in both directions and nothing else; the rest sees what is before", () => {
    tf.tidy(() => {
      const params = initReader(config, makeRng(2));
      const run = (ids: number[]): number[][] =>
        (reader(params, config, row(3, ids)).arraySync() as number[][][])[0]!;
      const base = run([1, 2, 3, 4, 5]);
      const changed = (ids: number[]): number[] =>
        run(ids).flatMap((logits, t) => (String(logits) === String(base[t]) ? [] : [t]));
      assert.deepEqual(changed([1, 2, 7, 4, 5]), [0, 1, 2, 3, 4]);
      assert.deepEqual(changed([1, 2, 3, 7, 5]), [3, 4]);
      assert.deepEqual(changed([1, 2, 3, 4, 7]), [4]);
    });
  });
});
