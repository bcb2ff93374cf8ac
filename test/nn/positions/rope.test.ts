import assert from "node:assert/strict";
import fc from "fast-check";
import { jit, tf } from "../../../src/engine";
import { rope } from "../../../src/nn";
import { golden } from "../../helpers/corpora";
import { eachEngine } from "../../helpers/engines";
import { assertGradients } from "../../helpers/gradients";
import { compiledSuite, numbers, using, valuesIn } from "../../helpers/jitted";

interface Golden {
  readonly positions: number[];
  readonly shape: [number, number, number, number];
  readonly neighbours: Record<string, number[]>;
  readonly halves: Record<string, number[]>;
}
const wanted = golden<{ rope: Golden }>("positions").rope;
const near = (got: ArrayLike<number>, right: ArrayLike<number>, tolerance: number): void => {
  assert.equal(got.length, right.length);
  for (let i = 0; i < right.length; i++)
    assert.ok(Math.abs(got[i]! - right[i]!) <= tolerance, `[${i}]: ${got[i]}, wanted ${right[i]}`);
};

/** The numbers of test/golden/positions.py: a 32-bit LCG. */
function lcg(count: number): number[] {
  let state = 1;
  return Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return ((state >>> 8) / 2 ** 23 - 1) * 2;
  });
}

eachEngine("rope", (engine) => {
  const coarse = engine === "webgpu" ? 2e-3 : 5e-5; // cards round sines more coarsely
  const ids = (values: number[]): tf.Tensor => tf.tensor1d(values, "int32");

  for (const pairs of ["neighbours", "halves"] as const)
    for (const [theta, right] of Object.entries(wanted[pairs]))
      it(`${pairs}, base ${theta}: as ${pairs === "halves" ? "LLaMA in transformers" : "complex numbers"} turn`, async () => {
        const x = tf.tensor(lcg(80), wanted.shape);
        const turned = rope(x, ids(wanted.positions), { theta: Number(theta), pairs });
        near(await turned.data(), right, coarse);
      });

  it("halves are neighbours with their columns in another order", async () => {
    const x = numbers([1, 1, 3, 6], 4);
    const order = [0, 2, 4, 1, 3, 5]; // even columns first
    const sorted = (y: tf.Tensor): tf.Tensor => tf.gather(y, ids(order) as tf.Tensor1D, 3);
    const one = rope(sorted(x), ids([0, 1, 9]), { pairs: "halves" });
    const other = sorted(rope(x, ids([0, 1, 9]), { pairs: "neighbours" }));
    near(await one.data(), await other.data(), 1e-6);
  });

  it("positions of each sequence; only the first numbers turned", async () => {
    const x = numbers([2, 3, 2, 8], 5);
    const both = rope(x, tf.tensor2d([0, 1, 5, 6], [2, 2], "int32"), { dims: 4 });
    const part = (batch: number, y: tf.Tensor): tf.Tensor => y.slice([batch, 0, 0, 0], [1, 3, 2, 8]);
    for (const [batch, at] of [
      [0, 1],
      [5, 6],
    ].entries()) {
      const alone = rope(part(batch, x), ids(at), { dims: 4 });
      near(await part(batch, both).data(), await alone.data(), 1e-6);
    }
    const still = (y: tf.Tensor): tf.Tensor => y.slice([0, 0, 0, 4], [2, 3, 2, 4]);
    assert.deepEqual(await still(both).data(), await still(x).data());
  });

  it("its gradient turns back", async () => {
    for (const pairs of ["halves", "neighbours"] as const) {
      const weights = numbers([1, 2, 2, 4], 7).mul(0.3);
      const loss = ({ x }: { x: tf.Tensor }): tf.Scalar =>
        rope(x, ids([1, 40]), { pairs })
          .square()
          .mul(weights)
          .sum() as tf.Scalar;
      await assertGradients(loss, { x: numbers([1, 2, 2, 4], 6) }, { each: 6 });
    }
  });

  it("shapes that do not fit are named", () => {
    const x = tf.ones([1, 1, 2, 4]);
    assert.throws(() => rope(x, ids([0])), /positions must be \[2\] or \[1, 2\], got \[1\]/);
    assert.throws(
      () => rope(x, ids([0, 1]), { dims: 3 }),
      /even number of dimensions up to 4 is turned, got 3/,
    );
    assert.throws(() => rope(x, ids([0, 1]), { dims: 6 }), /got 6/);
  });
});

describe("rope: relative only (Su et al. 2021, equation 16)", () => {
  it("moving query and key by the same number of places leaves their score; lengths stay", () => {
    const [q, k] = [numbers([1, 1, 1, 16], 1), numbers([1, 1, 1, 16], 2)];
    const score = (m: number, n: number): number =>
      tf.tidy(() => {
        const at = (p: number): tf.Tensor => tf.tensor1d([p], "int32");
        return rope(q, at(m))
          .mul(rope(k, at(n)))
          .sum()
          .dataSync()[0]!;
      });
    fc.assert(
      fc.property(fc.nat(300), fc.nat(300), fc.nat(300), (m, n, by) => {
        assert.ok(Math.abs(score(m, n) - score(m + by, n + by)) < 1e-3);
      }),
      { numRuns: 40 },
    );
    assert.ok(Math.abs(score(0, 0) - score(0, 5)) > 0.01, "and the distance counts");
    const length = rope(q, tf.tensor1d([77], "int32"))
      .norm()
      .dataSync()[0]!;
    assert.ok(Math.abs(length - q.norm().dataSync()[0]!) < 1e-5);
  });
});

compiledSuite("rope, compiled", () => {
  it("positions that only the program knows", () => {
    for (const pairs of ["halves", "neighbours"] as const) {
      const f = (x: tf.Tensor, at: tf.Tensor): tf.Tensor => rope(x, at, { pairs });
      using(jit(f), (compiled) => {
        const [x, at] = [numbers([2, 2, 3, 8]), tf.tensor2d([0, 1, 2, 7, 8, 9], [2, 3], "int32")];
        near(valuesIn(compiled(x, at)), valuesIn(f(x, at)), 1e-5);
      });
    }
  });
});
