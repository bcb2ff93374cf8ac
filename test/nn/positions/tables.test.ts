import assert from "node:assert/strict";
import fc from "fast-check";
import { jit, makeRng, tf } from "../../../src/engine";
import { glm2d, glmPositions, initGlm2d, initLearned, learned } from "../../../src/nn";
import { eachEngine } from "../../helpers/engines";
import { assertGradients } from "../../helpers/gradients";
import { compiledSuite, numbers, using, valuesIn } from "../../helpers/jitted";

/** On WebGPU values can be read at once only while the host still has them, as it has those of new tensors. */
const ids = (values: number[]): tf.Tensor => tf.tensor1d(values, "int32");

eachEngine("learned positions", () => {
  it("are rows of the table; beyond it there is an error that says so", async () => {
    const params = { table: numbers([4, 3], 2) };
    const rows = (await params.table.array()) as number[][];
    const got = learned(params, tf.tensor2d([3, 0, 1, 1], [2, 2], "int32"));
    assert.deepEqual(got.shape, [2, 2, 3]);
    assert.deepEqual(
      Array.from(await got.data()),
      [3, 0, 1, 1].flatMap((at) => rows[at]!),
    );
    assert.throws(
      () => learned(params, ids([0, 4])),
      /learned: position 4 is outside 0 to 3.*4 rows.*Shorten the text/,
    );
    assert.throws(() => learned(params, ids([-1])), /position -1/);
    assert.throws(() => learned(params, tf.ones([2])), /must be int32/);
  });

  it("begin with the deviation that is asked, and are trained where they were looked up", async () => {
    const params = initLearned(makeRng(1), 100, 64, 0.5);
    const deviation = Math.sqrt((await params.table.square().mean().data())[0]!);
    assert.ok(Math.abs(deviation - 0.5) < 0.02, `${deviation}`);
    const small = initLearned(makeRng(1), 4, 2, 1);
    const weights = numbers([3, 2], 3).mul(0.3);
    await assertGradients(
      (p) =>
        learned(p, ids([1, 3, 1]))
          .square()
          .mul(weights)
          .sum() as tf.Scalar,
      small,
      { each: 6 },
    );
  });
});

compiledSuite("tables of positions, compiled", () => {
  it("a position beyond the table gives NaN, and only there", () => {
    const params = { table: tf.ones([4, 2]) };
    using(
      jit((at: tf.Tensor) => learned(params, at)),
      (f) => {
        assert.deepEqual(valuesIn(f(ids([0, 4, 3]))), [1, 1, NaN, NaN, 1, 1]);
      },
    );
    const both = { first: params.table, second: params.table };
    using(
      jit((first: tf.Tensor, second: tf.Tensor) => glm2d(both, first, second)),
      (f) => {
        assert.deepEqual(valuesIn(f(ids([0, 1, 9]), ids([0, 5, 1]))), [2, 2, NaN, NaN, NaN, NaN]);
      },
    );
    tf.dispose(params);
  });
});

describe("GLM's two positions", () => {
  it("figure 2 of the paper: x1 x2 [M] x4 [M] | [S] x5 x6 [S] x3, the first counted from 0", () => {
    const spans = [
      { mask: 4, length: 2 },
      { mask: 2, length: 1 },
    ];
    assert.deepEqual(glmPositions({ partA: 5, spans }), {
      first: [0, 1, 2, 3, 4, 4, 4, 4, 2, 2],
      second: [0, 0, 0, 0, 0, 1, 2, 3, 1, 2],
    });
  });

  it("for any spans: Part A is counted, each span has its [MASK]'s place and 1, 2, 3, ...", () => {
    const layouts = fc
      .uniqueArray(fc.nat(19), { maxLength: 6 })
      .chain((masks) =>
        fc.tuple(...masks.map((mask) => fc.record({ mask: fc.constant(mask), length: fc.nat(5) }))),
      );
    fc.assert(
      fc.property(layouts, (spans) => {
        const { first, second } = glmPositions({ partA: 20, spans });
        assert.deepEqual(first.slice(0, 20), [...Array(20).keys()]);
        assert.ok(second.slice(0, 20).every((at) => at === 0));
        let at = 20;
        for (const { mask, length } of spans) {
          assert.deepEqual(first.slice(at, at + length + 1), Array(length + 1).fill(mask));
          assert.deepEqual(
            second.slice(at, at + length + 1),
            [...Array(length + 1).keys()].map((i) => i + 1),
          );
          at += length + 1;
        }
        assert.equal(first.length, at);
        assert.equal(second.length, at);
      }),
    );
  });

  it("what is no layout is named", () => {
    const one = (mask: number, length: number) => () => glmPositions({ partA: 3, spans: [{ mask, length }] });
    assert.throws(one(3, 1), /\[MASK\] of span 0 is at 3, outside Part A, 0 to 2/);
    assert.throws(one(-1, 1), /at -1/);
    assert.throws(one(1, 0.5), /span 0 has 0.5 tokens/);
    assert.throws(() => glmPositions({ partA: -1, spans: [] }), /Part A has -1 tokens/);
    const twice = [
      { mask: 1, length: 1 },
      { mask: 1, length: 2 },
    ];
    assert.throws(
      () => glmPositions({ partA: 3, spans: twice }),
      /spans 0 and 1 have the same \[MASK\], at 1/,
    );
  });
});

eachEngine("GLM's embeddings of positions", () => {
  it("are the sum of two rows, and both tables are trained", async () => {
    const params = { first: numbers([4, 2], 1), second: numbers([3, 2], 2) };
    const [a, b] = (await Promise.all([params.first.array(), params.second.array()])) as number[][][];
    const got = (await glm2d(params, ids([0, 3]), ids([0, 2])).array()) as number[][];
    for (const [i, [m, n]] of [
      [0, 0],
      [3, 2],
    ].entries())
      for (const c of [0, 1]) assert.ok(Math.abs(got[i]![c]! - (a![m!]![c]! + b![n!]![c]!)) < 1e-6);
    const weights = numbers([2, 2], 3).mul(0.3);
    await assertGradients(
      (p) =>
        glm2d(p, ids([0, 3]), ids([0, 2]))
          .square()
          .mul(weights)
          .sum() as tf.Scalar,
      params,
    );
  });

  it("the table that is too short is named", () => {
    const params = initGlm2d(makeRng(1), 4, 2);
    assert.throws(() => glm2d(params, ids([4]), ids([0])), /glm2d: first: position 4 is outside 0 to 3/);
    assert.throws(() => glm2d(params, ids([0]), ids([7])), /glm2d: second: position 7/);
    assert.throws(() => glm2d(params, ids([0, 1]), ids([0])), /first \[2\], second \[1\]/);
  });
});
