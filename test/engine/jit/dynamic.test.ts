import assert from "node:assert/strict";
import fc from "fast-check";
import { assertNoLeaks, jit, sliceAt, tf, updateAt, whileLoop } from "../../../src/engine";
import { eachEngine } from "../../helpers/engines";
import { compiledSuite, numbers, sameGradients, sameValues } from "../../helpers/jitted";

/** A shape, a window in it, and starts, also such that the window would stick out. */
const windows = fc
  .array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 4 })
  .chain((shape) =>
    fc.tuple(
      fc.constant(shape),
      fc.tuple(...shape.map((n) => fc.integer({ min: 1, max: n }))),
      fc.tuple(...shape.map((n) => fc.integer({ min: -2, max: n + 1 }))),
    ),
  );
const pulled = (shape: readonly number[], size: readonly number[], starts: readonly number[]): number[] =>
  starts.map((from, i) => Math.min(Math.max(from, 0), shape[i]! - size[i]!));
const values = async (x: tf.Tensor): Promise<number[]> => Array.from(await x.data());

eachEngine("windows at places of tensors", (engine) => {
  const runs = { numRuns: engine === "webgpu" ? 4 : 25 };

  it("sliceAt is tf.slice where the window fits, and pulls it back where not", async () => {
    const property = fc.asyncProperty(windows, async ([shape, size, starts]) => {
      const x = numbers(shape);
      const at = tf.tensor1d(starts, "int32");
      const got = assertNoLeaks(() => sliceAt(x, at, size));
      const wanted = tf.slice(x, pulled(shape, size, starts), size);
      assert.deepEqual(got.shape, size);
      assert.deepEqual(await values(got), await values(wanted));
      tf.dispose([x, at, got, wanted]);
    });
    await fc.assert(property, runs);
  });

  it("updateAt writes the window and leaves the rest; sliceAt reads it again", async () => {
    const property = fc.asyncProperty(windows, async ([shape, size, starts]) => {
      const [x, update, at] = [numbers(shape), numbers(size, 2), tf.tensor1d(starts, "int32")];
      const got = assertNoLeaks(() => updateAt(x, update, at));
      const from = pulled(shape, size, starts);
      const wanted = tf.tidy(() => {
        const edges = from.map((n, i) => [n, shape[i]! - n - size[i]!] as [number, number]);
        const inside = tf.pad(tf.ones(size), edges).cast("bool");
        return tf.where(inside, tf.pad(update, edges), x);
      });
      assert.deepEqual(await values(got), await values(wanted));
      const again = sliceAt(got, at, size);
      assert.deepEqual(await values(again), await values(update));
      tf.dispose([x, update, at, got, wanted, again]);
    });
    await fc.assert(property, runs);
  });

  it("gradients: dy in the window and 0 elsewhere; dy elsewhere and 0 in the window", async () => {
    const x = numbers([4, 3]);
    const at = tf.tensor1d([2, 0], "int32");
    const update = numbers([2, 2], 2);
    const scale = tf.tensor2d([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12], [4, 3]);
    const slice = tf.grad((v: tf.Tensor) => sliceAt(v, at, [2, 2]).mul(tf.tensor2d([1, 2, 3, 4], [2, 2])).sum())(x); // prettier-ignore
    assert.deepEqual(await values(slice), [0, 0, 0, 0, 0, 0, 1, 2, 0, 3, 4, 0]);
    const [dx, du] = tf.grads((v: tf.Tensor, u: tf.Tensor) => updateAt(v, u, at).mul(scale).sum())([x, update]) as [tf.Tensor, tf.Tensor]; // prettier-ignore
    assert.deepEqual(await values(dx), [1, 2, 3, 4, 5, 6, 0, 0, 9, 0, 0, 12]);
    assert.deepEqual(await values(du), [7, 8, 10, 11]);
  });

  it("wrong arguments are named", () => {
    const x = tf.zeros([4, 3]);
    const at = tf.tensor1d([0, 0], "int32");
    assert.throws(
      () => sliceAt(x, tf.tensor1d([0, 0]), [1, 1]),
      /sliceAt: starts must be int32, got float32/,
    );
    assert.throws(() => sliceAt(x, at, [5, 1]), /axis 0 of the window must be 1 to 4, got 5/);
    assert.throws(() => sliceAt(x, at, [1]), /needs 2 starts and a window of rank 2/);
    assert.throws(() => updateAt(x, tf.zeros([1, 1], "int32"), at), /update must be float32 as x, got int32/);
  });
});

compiledSuite("jit: windows at places of tensors", () => {
  it("the same values and gradients as eager, for starts that are an input", () => {
    fc.assert(
      fc.property(windows, ([shape, size, starts]) => {
        const at = tf.tensor1d(starts, "int32");
        sameValues("sliceAt", (x) => sliceAt(x!, at, size), [numbers(shape)]);
        sameGradients("sliceAt", (x) => sliceAt(x!, at, size), [numbers(shape)]);
        sameValues("updateAt", (x, u) => updateAt(x!, u!, at), [numbers(shape), numbers(size, 2)]);
        sameGradients("updateAt", (x, u) => updateAt(x!, u!, at), [numbers(shape), numbers(size, 2)]);
        at.dispose();
      }),
      { numRuns: 20 },
    );
  });

  it("one program for all places", () => {
    const f = jit((x: tf.Tensor, at: tf.Tensor) => sliceAt(x, at, [1]));
    const x = tf.tensor1d([5, 6, 7, 8]);
    for (const place of [0, 3, 1]) {
      const at = tf.tensor1d([place], "int32");
      const got = f(x, at);
      assert.deepEqual(Array.from(got.dataSync()), [5 + place]);
      tf.dispose([at, got]);
    }
    assert.equal(f.cacheInfo().misses, 1);
    x.dispose();
    f.dispose();
  });

  it("fills a cache inside a loop", () => {
    const fill = (start: tf.Tensor) =>
      whileLoop(
        { t: tf.scalar(0, "int32"), cache: tf.zeros([4, 2]), x: start },
        ({ t }) => t.less(tf.scalar(4, "int32")),
        ({ t, cache, x }) => ({
          t: t.add(tf.scalar(1, "int32")),
          cache: updateAt(cache, x.reshape([1, 2]), tf.stack([t, tf.scalar(0, "int32")])),
          x: x.mul(2),
        }),
      ).cache;
    sameValues("cache", (x) => fill(x!), [tf.tensor1d([1, 3])]);
  });
});
