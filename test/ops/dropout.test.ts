import assert from "node:assert/strict";
import { assertNoLeaks, jit, makeRng, tf } from "../../src/engine";
import type { Rng } from "../../src/engine";
import { dropout } from "../../src/ops";
import { eachEngine } from "../helpers/engines";

eachEngine("dropout", () => {
  it("drops a share, keeps the expected value, and repeats with the seed", async () => {
    const run = (seed: number): tf.Tensor => dropout(tf.ones([100, 100]), 0.25, makeRng(seed));
    const [a, b, c] = await Promise.all([1, 1, 2].map((seed) => tf.tidy(() => run(seed)).data()));
    const kept = Array.from(a!).filter((v) => v !== 0);
    assert.deepEqual(new Set(kept), new Set([Math.fround(4 / 3)]));
    assert.ok(Math.abs(kept.length / 1e4 - 0.75) < 4 * Math.sqrt((0.25 * 0.75) / 1e4), `${kept.length} kept`);
    assert.deepEqual(a, b);
    assert.notDeepEqual(a, c);
  });

  it("passes the gradient where it kept the element", async () => {
    const x = tf.range(1, 41);
    const drop = (v: tf.Tensor): tf.Tensor => dropout(v, 0.5, makeRng(3));
    const [y, dx] = assertNoLeaks(() => [tf.tidy(() => drop(x)), tf.grad((v) => tf.sum(drop(v)))(x)]);
    const [out, slope] = [await y!.data(), await dx!.data()];
    out.forEach((v, i) => assert.equal(slope[i], v === 0 ? 0 : 2));
    tf.dispose([x, y!, dx!]);
  });

  it("in a compiled function draws the same elements, and others at the next call", async () => {
    const f = jit((x: tf.Tensor, rng: Rng) => dropout(x, 0.5, rng));
    const [ours, plain] = [makeRng(5), makeRng(5)];
    const x = tf.ones([64]);
    const seen: string[] = [];
    for (let call = 0; call < 3; call++) {
      const [a, b] = tf.tidy(() => [f(x, ours), dropout(x, 0.5, plain)]);
      const values = await a!.data();
      assert.deepEqual(values, await b!.data());
      seen.push(values.join());
      tf.dispose([a!, b!]);
    }
    assert.equal(new Set(seen).size, 3);
    x.dispose();
    f.dispose();
  });

  it("rate 0 changes nothing and draws nothing; other rates are refused", () => {
    const rng = makeRng(1);
    tf.tidy(() => void dropout(tf.ones([3]), 0, rng));
    assert.equal(rng.drawn, 0);
    for (const rate of [1, -0.1, Number.NaN])
      assert.throws(() => tf.tidy(() => dropout(tf.ones([3]), rate, rng)), /rate must be from 0 to below 1/);
  });
});
