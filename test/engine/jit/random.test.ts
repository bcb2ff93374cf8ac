import assert from "node:assert/strict";
import { fork, jit, makeRng, normalTensor, tf, uniform, uniformTensor } from "../../../src/engine";
import type { Rng } from "../../../src/engine";
import { compiledSuite, using, valuesIn } from "../../helpers/jitted";

compiledSuite("jit: random numbers", () => {
  const draw = (rng: Rng, x: tf.Tensor): tf.Tensor[] => [
    normalTensor(rng, [3, 5], 0.5, 1),
    uniformTensor(rng, [7], -1, 1),
    normalTensor(fork(rng, "layer"), x.shape),
    normalTensor(fork(fork(rng, "layer"), 3), [2]),
  ];

  it("are the host's, move on from call to call and repeat with the seed", () => {
    const f = jit(draw);
    using(f, () => {
      const [ours, hosts] = [makeRng(2 ** 40 + 5), makeRng(2 ** 40 + 5)];
      const x = tf.zeros([4]);
      uniform(ours); // a start in the middle of a block of four words
      uniform(hosts);
      for (let round = 0; round < 3; round++) {
        const expected = draw(hosts, x);
        f(ours, x).forEach((t, i) => {
          valuesIn(t).forEach((v, j) =>
            assert.ok(Math.abs(v - valuesIn(expected[i]!)[j]!) <= 1e-7 * Math.max(1, Math.abs(v))),
          );
        });
        assert.deepEqual(ours, hosts);
      }
      assert.equal(f.cacheInfo().misses, 1);
    });
  });

  it("come from a generator that the function refers to as well", () => {
    const rng = makeRng(1);
    const f = jit((x: tf.Tensor) => tf.add(x, uniformTensor(rng, [2])));
    using(f, () => {
      const [first, second] = [valuesIn(f(tf.scalar(0))), valuesIn(f(tf.scalar(0)))];
      assert.deepEqual([...first, ...second], valuesIn(uniformTensor(makeRng(1), [4])));
      assert.equal(rng.drawn, 8);
    });
  });

  it("that JavaScript draws are refused: they would be frozen", () => {
    const frozen = [
      jit(() => tf.randomUniform([100])),
      jit(() => tf.randomNormal([10, 10])),
      jit(() => tf.truncatedNormal([100])),
      jit((x: tf.Tensor) => tf.dropout(x, 0.5)),
    ];
    for (const f of frozen) {
      assert.throws(
        () => tf.tidy(() => f(tf.ones([100]))),
        /tf\.\w+ draws its numbers in JavaScript.*uniformTensor/,
      );
    }
    const g = jit((rng: Rng) => tf.scalar(uniform(rng)));
    assert.throws(() => g(makeRng(1)), /a random number is drawn in JavaScript/);
  });
});
