import assert from "node:assert/strict";
import fc from "fast-check";
import { jit, tf } from "../../../src/engine";
import { compiledSuite, numbers } from "../../helpers/jitted";

compiledSuite("jit with products in bf16", () => {
  /** The largest difference, as a share of what a sum of K products of numbers around 1 can be. */
  const difference = (a: tf.Tensor, b: tf.Tensor, K: number): number =>
    tf.tidy(() => tf.max(tf.abs(tf.sub(a, b))).dataSync()[0]!) / Math.sqrt(K);

  it("gives the products of f32, with bf16's 8 bits, whatever the shapes and transposes", () => {
    const size = fc.constantFrom(1, 2, 3, 7, 16, 33, 64, 65);
    const batch = fc.constantFrom([], [3], [2, 3]);
    const shared = fc.boolean(); // one matrix b for all of the batch
    fc.assert(
      fc.property(
        size,
        size,
        size,
        batch,
        shared,
        fc.boolean(),
        fc.boolean(),
        fc.boolean(),
        (M, K, N, B, one, tA, tB, turn) => {
          const f = jit(
            (a: tf.Tensor, b: tf.Tensor) => {
              const product = tf.matMul(a, b, tA, tB);
              return turn ? tf.transpose(product, [...B.keys(), B.length + 1, B.length]) : product;
            },
            { precision: "bf16" },
          );
          tf.tidy(() => {
            const a = numbers([...B, ...(tA ? [K, M] : [M, K])], 1);
            const b = numbers([...(one ? B.map(() => 1) : B), ...(tB ? [N, K] : [K, N])], 2);
            const exact = tf.matMul(a, b, tA, tB);
            const wanted = turn ? tf.transpose(exact, [...B.keys(), B.length + 1, B.length]) : exact;
            const got = f(a, b);
            assert.deepEqual(got.shape, wanted.shape);
            const off = difference(got, wanted, K);
            assert.ok(off < 0.05, `off by ${off}`);
          });
          f.dispose();
        },
      ),
      { numRuns: 40, seed: 11, endOnFailure: true },
    );
  });

  it("rounds the operands: 1 + 2^-9 is 1 in bf16, and sums stay f32", () => {
    const f = jit((a: tf.Tensor, b: tf.Tensor) => tf.matMul(a, b), { precision: "bf16" });
    tf.tidy(() => {
      assert.equal(f(tf.tensor2d([[1 + 2 ** -9]]), tf.tensor2d([[1]])).dataSync()[0], 1);
      assert.equal(f(tf.fill([1, 1025], 1), tf.fill([1025, 1], 1)).dataSync()[0], 1025);
    });
    f.dispose();
  });

  it("has gradients, by products in bf16 too", () => {
    const loss = (w: tf.Tensor, x: tf.Tensor): tf.Scalar => tf.sum(tf.tanh(tf.matMul(x, w)));
    const gradient = (w: tf.Tensor, x: tf.Tensor): tf.Tensor => tf.grad((v) => loss(v, x))(w);
    const f = jit(gradient, { precision: "bf16" });
    tf.tidy(() => {
      const [w, x] = [numbers([16, 8], 3), numbers([32, 16], 4)];
      const off = difference(f(w, x), gradient(w, x), 32);
      assert.ok(off > 0 && off < 0.05, `off by ${off}`);
    });
    f.dispose();
  });

  it("refuses another precision", () => {
    assert.throws(
      () => jit(() => 0, { precision: "f16" as "f32" }),
      /precision must be "f32" or "bf16", got f16/,
    );
  });
});
