import assert from "node:assert/strict";
import { jit, makeRng, tf } from "../../../src/engine";
import { initRelative, relativeBias, relativeBucket } from "../../../src/nn";
import type { RelativeConfig } from "../../../src/nn";
import { golden } from "../../helpers/corpora";
import { eachEngine } from "../../helpers/engines";
import { assertGradients } from "../../helpers/gradients";
import { compiledSuite, numbers, using, valuesIn } from "../../helpers/jitted";

interface Runs {
  readonly bidirectional: boolean;
  readonly buckets: number;
  readonly maxDistance: number;
  readonly runs: readonly (readonly [first: number, bucket: number])[];
}

describe("relative buckets", () => {
  for (const { runs, ...config } of golden<{ buckets: Runs[] }>("positions").buckets) {
    it(`each of 2,201 distances falls where T5 puts it: ${JSON.stringify(config)}`, () => {
      for (let distance = -1100; distance <= 1100; distance++) {
        const [, wanted] = runs.filter(([first]) => first <= distance).at(-1)!;
        assert.equal(relativeBucket(distance, config), wanted, `distance ${distance}`);
      }
    });
  }

  it("too few buckets, and a furthest distance among the exact ones, are named", () => {
    assert.throws(() => relativeBucket(1, { bidirectional: true, buckets: 3 }), /at least 4 buckets/);
    assert.throws(() => relativeBucket(1, { bidirectional: false, buckets: 1 }), /at least 2 buckets/);
    assert.throws(() => relativeBucket(1, { bidirectional: false, maxDistance: 16 }), /above the 16/);
  });
});

const config: RelativeConfig = { nHead: 2, buckets: 8, maxDistance: 10, bidirectional: true };

eachEngine("relative bias", () => {
  const range = (n: number): tf.Tensor => tf.range(0, n, 1, "int32");

  it("is the table's number of each head and distance, from either side and beyond the furthest", async () => {
    const table = numbers([8, 2], 3);
    const [queries, keys] = [
      [0, 3, 40],
      [0, 1, 2, 3, 60],
    ];
    const bias = relativeBias({ table }, config, tf.tensor1d(queries, "int32"), tf.tensor1d(keys, "int32"));
    assert.deepEqual(bias.shape, [1, 2, 3, 5]);
    const [got, rows] = [await bias.array(), await table.array()] as [number[][][][], number[][]];
    for (const [h, head] of got[0]!.entries())
      for (const [t, row] of head.entries())
        for (const [s, value] of row.entries())
          assert.equal(value, rows[relativeBucket(keys[s]! - queries[t]!, config)]![h]);
  });

  it("takes positions of each sequence; a decoder's step is the last row of the whole", async () => {
    const params = initRelative(makeRng(1), config, 1);
    const two = tf.tensor2d([0, 1, 2, 5, 6, 7], [2, 3], "int32");
    const bias = relativeBias(params, config, two, two);
    assert.deepEqual(bias.shape, [2, 2, 3, 3]);
    const [first, second] = (await bias.array()) as number[][][][];
    assert.deepEqual(first, second, "only distances count");
    const step = relativeBias(params, config, tf.tensor1d([2], "int32"), range(3));
    const last = bias.slice([0, 0, 2, 0], [1, 2, 1, 3]);
    assert.deepEqual(await step.data(), await last.data());
  });

  it("its gradient adds up over all places of a bucket", async () => {
    const params = initRelative(makeRng(1), config, 1);
    const weights = numbers([1, 2, 4, 6], 5).mul(0.2);
    const loss = ({ table }: typeof params): tf.Scalar =>
      relativeBias({ table }, config, range(4), range(6)).square().mul(weights).sum() as tf.Scalar;
    await assertGradients(loss, params, { each: 6 });
  });

  it("refuses a table of another size, and positions of another kind", () => {
    const { table } = initRelative(makeRng(1), config, 1);
    assert.throws(
      () => relativeBias({ table }, { ...config, nHead: 3 }, range(2), range(2)),
      /\[8, 3\], got \[8, 2\]/,
    );
    assert.throws(
      () => relativeBias({ table }, config, tf.ones([2]), range(2)),
      /int32 \[T\] or \[B, T\], got float32/,
    );
    const three = tf.zeros([3, 2], "int32");
    assert.throws(
      () => relativeBias({ table }, config, three, tf.zeros([2, 2], "int32")),
      /3 sequences of queries and 2/,
    );
  });
});

compiledSuite("relative bias, compiled", () => {
  it("positions that only the program knows", () => {
    const { table } = initRelative(makeRng(1), config, 1);
    const at = (queries: tf.Tensor, keys: tf.Tensor): tf.Tensor =>
      relativeBias({ table }, config, queries, keys);
    using(jit(at), (f) => {
      const [queries, keys] = [tf.tensor1d([3, 30], "int32"), tf.tensor1d([0, 2, 33], "int32")];
      assert.deepEqual(valuesIn(f(queries, keys)), valuesIn(at(queries, keys)));
    });
    table.dispose();
  });
});
