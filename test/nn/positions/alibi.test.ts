import assert from "node:assert/strict";
import { jit, tf } from "../../../src/engine";
import { alibiBias, alibiSlopes } from "../../../src/nn";
import { golden } from "../../helpers/corpora";
import { eachEngine } from "../../helpers/engines";
import { compiledSuite, using, valuesIn } from "../../helpers/jitted";

const { slopes, bloom } = golden<{ slopes: Record<string, number[]>; bloom: Record<string, number[]> }>(
  "positions",
);
const near = (got: ArrayLike<number>, wanted: readonly number[], tolerance: number): void => {
  assert.equal(got.length, wanted.length);
  wanted.forEach((w, i) => assert.ok(Math.abs(got[i]! - w) <= tolerance, `[${i}]: ${got[i]}, wanted ${w}`));
};

describe("ALiBi's slopes", () => {
  for (const [nHead, wanted] of Object.entries(slopes))
    it(`${nHead} heads: as the paper's code gives them`, () =>
      near(alibiSlopes(Number(nHead)), wanted, 1e-8));

  it("8 heads: 1/2 to 1/256, as in section 3", () => {
    assert.deepEqual(alibiSlopes(8), [1 / 2, 1 / 4, 1 / 8, 1 / 16, 1 / 32, 1 / 64, 1 / 128, 1 / 256]);
  });

  it("no heads, and half a head, are refused", () => {
    assert.throws(() => alibiSlopes(0), /positive whole number, got 0/);
    assert.throws(() => alibiSlopes(2.5), /got 2.5/);
  });
});

eachEngine("ALiBi's bias", () => {
  const range = (n: number): tf.Tensor => tf.range(0, n, 1, "int32");

  it("falls with the distance to either side, steeper in the first heads", async () => {
    const bias = alibiBias(2, range(3), range(3));
    assert.deepEqual(bias.shape, [1, 2, 3, 3]);
    const far = [0, 1, 2, 1, 0, 1, 2, 1, 0];
    near(await bias.data(), [...far.map((d) => -d / 16), ...far.map((d) => -d / 256)], 1e-7);
  });

  it("the last row is Bloom's, but for a number that softmax takes out", async () => {
    for (const [nHead, wanted] of Object.entries(bloom)) {
      const row = await alibiBias(Number(nHead), tf.tensor1d([5], "int32"), range(6)).data(); // [1, H, 1, 6]
      near(
        row,
        wanted.map((w, i) => w - wanted[6 * Math.floor(i / 6) + 5]!),
        1e-5,
      );
    }
  });

  it("takes positions of each sequence", async () => {
    const two = tf.tensor2d([0, 1, 4, 9], [2, 2], "int32");
    const bias = alibiBias(1, two, two);
    assert.deepEqual(bias.shape, [2, 1, 2, 2]);
    near(
      await bias.data(),
      [0, -1, -1, 0, 0, -5, -5, 0].map((d) => d / 256),
      1e-7,
    );
  });
});

compiledSuite("ALiBi's bias, compiled", () => {
  it("positions that only the program knows", () => {
    const f = (at: tf.Tensor): tf.Tensor => alibiBias(3, at, tf.range(0, 4, 1, "int32"));
    using(jit(f), (compiled) => {
      const at = tf.tensor1d([2, 3], "int32");
      near(valuesIn(compiled(at)), valuesIn(f(at)), 1e-7);
    });
  });
});
