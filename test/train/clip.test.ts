import assert from "node:assert/strict";
import { assertNoLeaks, jit, tf } from "../../src/engine";
import { clipByGlobalNorm, globalNorm } from "../../src/train";
import { golden } from "../helpers/corpora";
import { eachEngine } from "../helpers/engines";

const { shapes, clips } = golden<{
  shapes: number[][];
  clips: { scale: number; most: number; norm: number; clipped: number[][] }[];
}>("training");

/** The numbers of test/golden/training.py. */
function numbers(shape: readonly number[], seed: number, scale: number): tf.Tensor {
  let state = seed;
  const values = Float32Array.from({ length: shape.reduce((product, n) => product * n, 1) }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return ((state >>> 8) / 2 ** 23 - 1) * scale;
  });
  return tf.tensor(values, [...shape]);
}

eachEngine("clipByGlobalNorm", () => {
  for (const { scale, most, norm, clipped } of clips)
    it(`gradients of ${scale} clipped to ${most}: as PyTorch, also compiled; the inputs keep their values`, async () => {
      const [a, b, c] = shapes.map((shape, k) => numbers(shape, 1 + k, scale)) as [tf.Tensor, tf.Tensor, tf.Tensor]; // prettier-ignore
      const grads = { first: a, deep: [b, { c }] as const };
      const clip = (tree: typeof grads) => clipByGlobalNorm(tree, most);
      const compiled = jit(clip);
      for (const run of [clip, compiled]) {
        const before = Array.from(await a.data());
        const got = assertNoLeaks(() => run(grads));
        assert.deepEqual(Array.from(await a.data()), before);
        const near = (x: number, y: number, what: string) =>
          assert.ok(Math.abs(x - y) <= 1e-6 * scale + 1e-6 * Math.abs(y), `${what}: ${x}, PyTorch ${y}`);
        near((await got.norm.data())[0] as number, norm, "norm");
        const { first, deep } = got.gradients;
        for (const [k, tensor] of [first, deep[0], deep[1].c].entries()) {
          assert.deepEqual(tensor.shape, shapes[k]);
          const values = await tensor.data();
          clipped[k]?.forEach((x, i) => near(values[i] as number, x, `gradient ${k}[${i}]`));
        }
        tf.dispose([got.gradients, got.norm] as unknown as tf.TensorContainer);
      }
      compiled.dispose();
      tf.dispose([a, b, c]);
    });

  it("without a limit nothing changes, and the length is told; many tensors make no difference", async () => {
    const grads = Array.from({ length: 40 }, () => tf.tensor1d([3, 4]));
    const { gradients, norm } = assertNoLeaks(() => clipByGlobalNorm(grads));
    assert.ok(Math.abs(((await norm.data())[0] as number) - Math.sqrt(40 * 25)) < 1e-4);
    assert.deepEqual(Array.from(await (gradients[7] as tf.Tensor).data()), [3, 4]);
    tf.dispose([grads, gradients, norm]);
  });

  it("a gradient that is NaN is not hidden: the length is NaN", async () => {
    const grads = [tf.tensor1d([1, NaN]), tf.tensor1d([1])];
    const norm = globalNorm(grads);
    assert.ok(Number.isNaN((await norm.data())[0]));
    tf.dispose([grads, norm]);
    assert.throws(() => clipByGlobalNorm(grads, 0), /the length must be above 0, got 0/);
  });
});
