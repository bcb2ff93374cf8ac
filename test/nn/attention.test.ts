import assert from "node:assert/strict";
import { assertNoLeaks, makeRng, tf } from "../../src/engine";
import { initAttention, multiHeadAttention, shareHeads, within } from "../../src/nn";
import type { AttentionInput, AttentionParams, Context } from "../../src/nn";
import { eachEngine } from "../helpers/engines";
import { assertGradients } from "../helpers/gradients";
import { numbers } from "../helpers/jitted";

const sizes = { dModel: 8, nHead: 4, bias: true, deviation: 0.5 };
const listening: Context = { tap: (_, value) => value };

async function assertClose(got: tf.Tensor, wanted: tf.Tensor, tolerance = 1e-5): Promise<void> {
  assert.deepEqual(got.shape, wanted.shape);
  const [a, b] = [await got.data(), await wanted.data()];
  a.forEach((value, i) =>
    assert.ok(Math.abs(value - b[i]!) <= tolerance, `[${i}]: ${value}, wanted ${b[i]}`),
  );
}

eachEngine("multi-head attention", (engine) => {
  const make = (nKvHead = 4): AttentionParams => initAttention(makeRng(1), { ...sizes, nKvHead });
  const tolerance = engine === "webgpu" ? 1e-4 : 1e-5;

  it("one head, by hand: two keys, the second forbidden to the first query", async () => {
    const one = (values: number[][]): { weight: tf.Tensor } => ({ weight: tf.tensor2d(values) });
    const unit = [
      [1, 0],
      [0, 1],
    ];
    const params = { q: one(unit), k: one(unit), v: one([[2, 0], [0, 2]]), out: one(unit) }; // prettier-ignore
    const x = tf.tensor3d([[[1, 0], [0, 1]]]); // prettier-ignore
    const y = multiHeadAttention(params, { nHead: 1, scale: 1 }, x, {}, { causal: true });
    // Query 1 scores 0 and 1: softmax gives 1 / (1 + e) and e / (1 + e).
    const p = Math.E / (1 + Math.E);
    await assertClose(y, tf.tensor3d([[[2, 0], [2 * (1 - p), 2 * p]]]), tolerance); // prettier-ignore
  });

  const inputs: Record<string, (make: (shape: number[]) => tf.Tensor) => AttentionInput> = {
    "all places": () => ({}),
    causal: () => ({ causal: true }),
    "a mask and causal": () => ({
      causal: true,
      mask: tf.tensor([true, true, false, true, true], [5], "bool"),
    }),
    "another memory": (of) => ({ memory: of([2, 7, 8]) }),
    "heads turned": () => ({ rotate: (x) => x.mul(2) }),
  };
  for (const nKvHead of [4, 2, 1]) {
    for (const [name, input] of Object.entries(inputs)) {
      it(`${name}, ${nKvHead} heads of keys: the same where somebody listens to scores and pattern`, async () => {
        const params = make(nKvHead);
        const x = numbers([2, 5, 8], 2);
        const given = input((shape) => numbers(shape, 3));
        const run = (ctx: Context): tf.Tensor =>
          assertNoLeaks(() =>
            tf.tidy(() => multiHeadAttention(params, { nHead: 4, nKvHead }, x, ctx, given)),
          );
        await assertClose(run({}), run(listening), tolerance);
      });
    }
  }

  it("fewer heads of keys are more heads with shared weights", async () => {
    const params = make(2);
    const wide = (weight: tf.Tensor): tf.Tensor =>
      shareHeads(weight.reshape([1, -1, 2, 2]).transpose([0, 2, 1, 3]), 4)
        .transpose([0, 2, 1, 3])
        .reshape([-1, 8]); // [I, H D]
    const more = {
      ...params,
      k: { weight: wide(params.k.weight), bias: wide(params.k.bias!.expandDims(0)).flatten() },
      v: { weight: wide(params.v.weight), bias: wide(params.v.bias!.expandDims(0)).flatten() },
    };
    const x = numbers([2, 5, 8], 2);
    const few = multiHeadAttention(params, { nHead: 4, nKvHead: 2 }, x, {}, { causal: true });
    await assertClose(few, multiHeadAttention(more, { nHead: 4 }, x, {}, { causal: true }), tolerance);
    const one = x.slice([0, 0, 0], [2, 1, 8]);
    const single = multiHeadAttention(params, { nHead: 4, nKvHead: 2 }, one, {}, { memory: x });
    await assertClose(single, multiHeadAttention(more, { nHead: 4 }, one, {}, { memory: x }), tolerance);
  });

  it("a bias is added to the scores", async () => {
    const params = make();
    const x = numbers([1, 3, 8], 2);
    const far = tf.tensor([0, -1e9, -1e9, 0, 0, -1e9, 0, 0, 0], [1, 1, 3, 3]);
    const biased = multiHeadAttention(params, { nHead: 4 }, x, {}, { bias: far });
    await assertClose(biased, multiHeadAttention(params, { nHead: 4 }, x, {}, { causal: true }), tolerance);
  });

  it("shows every stage with its shape, and takes what it is given back", async () => {
    const seen: Record<string, number[]> = {};
    const zero = (name: string, value: tf.Tensor): tf.Tensor => {
      seen[name] = value.shape;
      return name === "attn.pattern" ? tf.zerosLike(value) : value;
    };
    const params = make(2);
    const ctx = within({ tap: zero }, "attn");
    const y = multiHeadAttention(params, { nHead: 4, nKvHead: 2 }, numbers([2, 5, 8], 2), ctx, {});
    assert.deepEqual(seen, {
      "attn.q": [2, 4, 5, 2],
      "attn.k": [2, 2, 5, 2],
      "attn.v": [2, 2, 5, 2],
      "attn.scores": [2, 4, 5, 5],
      "attn.pattern": [2, 4, 5, 5],
      "attn.mixed": [2, 4, 5, 2],
      "attn.out": [2, 5, 8],
    });
    await assertClose(y, tf.zeros([2, 5, 8]), 0);
  });

  it("gradients of all weights, also of shared heads, equal differences", async () => {
    const x = numbers([1, 3, 8], 2);
    const weights = numbers([1, 3, 8], 5).mul(0.2);
    for (const ctx of [{}, listening])
      await assertGradients(
        (params: AttentionParams) => {
          const y = multiHeadAttention(params, { nHead: 4, nKvHead: 2 }, x, ctx, { causal: true });
          return tf.sum(y.mul(weights)) as tf.Scalar;
        },
        make(2),
        { tolerance: engine === "webgpu" ? 1e-2 : 3e-3 },
      );
  });

  it("heads that do not divide are an error", () => {
    assert.throws(
      () => initAttention(makeRng(1), { ...sizes, nHead: 3 }),
      /dModel 8 must be a multiple of nHead 3/,
    );
    assert.throws(
      () => multiHeadAttention(make(), { nHead: 4, nKvHead: 3 }, tf.zeros([1, 2, 8])),
      /nHead 4 must be a multiple of nKvHead 3/,
    );
  });
});
