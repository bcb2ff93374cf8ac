import assert from "node:assert/strict";
import { fork, makeRng, tf } from "../../src/engine";
import { drop, ffn, initDense, initFfn, initNorm, norm, residual, tap, within } from "../../src/nn";
import type { Activation } from "../../src/nn";
import { eachEngine } from "../helpers/engines";
import { assertGradients } from "../helpers/gradients";
import { numbers } from "../helpers/jitted";

eachEngine("parts of a block", (engine) => {
  const close = async (got: tf.Tensor, wanted: readonly number[], tolerance = 1e-5): Promise<void> => {
    const values = await got.data();
    assert.equal(values.length, wanted.length);
    wanted.forEach((w, i) =>
      assert.ok(Math.abs(values[i]! - w) <= tolerance, `[${i}]: ${values[i]}, wanted ${w}`),
    );
  };

  it("a context names activations by where they are, and drops by name", async () => {
    const names: string[] = [];
    const ctx = within(
      within({ tap: (name, x) => (names.push(name), x), rng: makeRng(1) }, "blocks.0"),
      "attn",
    );
    const x = tf.ones([200]);
    assert.equal(tap(ctx, "q", x), x);
    assert.equal(tap({}, "q", x), x);
    assert.deepEqual(names, ["blocks.0.attn.q"]);
    assert.equal(drop({}, x, 0.5, "out"), x, "nothing drops without a generator");
    assert.equal(drop(ctx, x, 0, "out"), x);
    const [a, same, other] = [drop(ctx, x, 0.5, "out"), drop(ctx, x, 0.5, "out"), drop(ctx, x, 0.5, "in")];
    await close(a, Array.from(await same.data()), 0);
    assert.notDeepEqual(await a.data(), await other.data());
    const next = drop({ rng: fork(makeRng(1), 1) }, x, 0.5, "out");
    assert.notDeepEqual(await a.data(), await next.data(), "another key, other numbers");
  });

  it("first weights have their deviation, biases are 0, a norm only normalises", async () => {
    const { weight, bias } = initDense(makeRng(1), 200, 50, { deviation: 0.1 });
    const deviation = Math.sqrt((await weight.square().mean().data())[0]!);
    assert.ok(Math.abs(deviation - 0.1) < 0.002, `${deviation}`);
    await close(bias!, new Array<number>(50).fill(0), 0);
    assert.equal("bias" in initDense(makeRng(1), 2, 2, { bias: false }), false);
    const x = tf.tensor2d([[1, 3]]);
    await close(norm(initNorm("layer", 2), x, 0), [-1, 1]);
    await close(norm(initNorm("rms", 2), x, 0), [1 / Math.sqrt(5), 3 / Math.sqrt(5)]);
  });

  it("the norm stands before, after, or after a larger stream", async () => {
    const x = tf.tensor1d([2]);
    const f = (y: tf.Tensor): tf.Tensor => y.mul(10);
    const plusOne = (y: tf.Tensor): tf.Tensor => y.add(1);
    await close(residual("pre", x, f, plusOne), [2 + 30]);
    await close(residual("post", x, f, plusOne), [2 + 20 + 1]);
    await close(residual("deep", x, f, plusOne, 3), [6 + 20 + 1]);
  });

  const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
  const curves: Partial<Record<Activation, (x: number) => number>> = {
    relu: (x) => Math.max(0, x),
    swiglu: (x) => x * sigmoid(x),
  };
  for (const activation of ["relu", "gelu", "geluTanh", "geglu", "gegluTanh", "swiglu"] as const) {
    it(`feed-forward with ${activation}: the formula, its gradients, its stages`, async () => {
      const config = { dModel: 3, dFfn: 5, activation, bias: true, deviation: 0.7 };
      const params = initFfn(makeRng(2), config);
      assert.equal("gate" in params, /glu/.test(activation));
      const x = numbers([1, 2, 3], 3);
      const seen: string[] = [];
      const y = ffn(params, x, activation, {
        tap: (name, value) => (seen.push(`${name} ${value.shape}`), value),
      });
      assert.deepEqual(seen, ["hidden 1,2,5", "out 1,2,3"]);
      const curve = curves[activation];
      if (curve) {
        const wide = async (w: tf.Tensor): Promise<number[]> =>
          Array.from(await x.reshape([2, 3]).matMul(w).data());
        const up = await wide(params.up.weight);
        const gate = params.gate ? await wide(params.gate.weight) : up;
        const hidden = gate.map((value, i) => curve(value) * (params.gate ? up[i]! : 1));
        const wanted = tf.tensor2d(hidden, [2, 5]).matMul(params.down.weight as tf.Tensor2D);
        await close(y, Array.from(await wanted.data()), 1e-4);
      }
      const weights = numbers([1, 2, 3], 4).mul(0.3);
      // A difference across the bend of relu is no gradient: its step is small.
      const h = activation === "relu" ? 2e-3 : 1e-2;
      await assertGradients(
        (p: typeof params) => tf.sum(ffn(p, x, activation).mul(weights)) as tf.Scalar,
        params,
        {
          h,
          tolerance: engine === "webgpu" || activation === "relu" ? 1e-2 : 3e-3,
        },
      );
    });
  }

  it("a gate that is missing or too many is an error", () => {
    const plain = initFfn(makeRng(1), { dModel: 2, dFfn: 2, activation: "relu", bias: false, deviation: 1 });
    const gated = initFfn(makeRng(1), {
      dModel: 2,
      dFfn: 2,
      activation: "swiglu",
      bias: false,
      deviation: 1,
    });
    assert.throws(() => ffn(plain, tf.zeros([1, 1, 2]), "swiglu"), /swiglu needs a gate/);
    assert.throws(() => ffn(gated, tf.zeros([1, 1, 2]), "relu"), /relu has no gate/);
  });
});
