import assert from "node:assert/strict";
import { assertNoLeaks, tf } from "../../src/engine";
import { adamW, initAdamW, valueAndGradients, type AdamWConfig, type AdamWState } from "../../src/train";
import { golden } from "../helpers/corpora";
import { eachEngine } from "../helpers/engines";

interface Case {
  readonly rates: readonly number[];
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly decay: number;
  readonly spared: number;
  readonly scale: number;
  /** After each step, of each parameter, 12 numbers spread over it. */
  readonly steps: readonly (readonly (readonly number[])[])[];
}
const { shapes, cases } = golden<{ shapes: number[][]; cases: Record<string, Case> }>("adamw");

/** The numbers of test/golden/adamw.py. */
function numbers(shape: readonly number[], seed: number, scale: number): tf.Tensor {
  let state = seed;
  const values = Float32Array.from({ length: shape.reduce((product, n) => product * n, 1) }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return ((state >>> 8) / 2 ** 23 - 1) * scale;
  });
  return tf.tensor(values, [...shape]);
}

/** The tensors of the golden values, nested. */
type Params = {
  readonly blocks: { readonly w: tf.Tensor; readonly b: tf.Tensor }[];
  readonly head: { readonly scale: tf.Tensor; readonly table: tf.Tensor; readonly deep: tf.Tensor };
};
function nested(make: (shape: number[], k: number) => tf.Tensor): Params {
  const [w, b, scale, table, deep] = shapes.map(make) as [
    tf.Tensor,
    tf.Tensor,
    tf.Tensor,
    tf.Tensor,
    tf.Tensor,
  ];
  return { blocks: [{ w, b }], head: { scale, table, deep } };
}
const leavesOf = ({ blocks: [block], head }: Params) => [block?.w, block?.b, head.scale, head.table, head.deep] as tf.Tensor[]; // prettier-ignore

async function sample(tensor: tf.Tensor): Promise<number[]> {
  const values = Array.from(await tensor.data());
  const stride = Math.max(1, Math.floor(values.length / 12));
  return values.filter((_, i) => i % stride === 0).slice(0, 12);
}

eachEngine("adamW", (engine) => {
  for (const [name, given] of Object.entries(cases)) {
    it(`${name}: five steps as the paper's algorithm gives them in float64; the inputs keep their values`, async () => {
      const { beta1, beta2, epsilon, decay: weightDecay, spared } = given;
      const config = {
        beta1,
        beta2,
        epsilon,
        weightDecay,
        decay: spared === 2 ? "matrices" : "all",
      } as const;
      let params = nested((shape, k) => numbers(shape, 1 + k, 1));
      let state = initAdamW(params);
      for (const [at, rate] of given.rates.entries()) {
        const grads = nested((shape, k) => numbers(shape, 100 * (at + 1) + k, given.scale));
        // The first case has a number as learning rate, the second a tensor.
        const learningRate = spared === 2 ? tf.scalar(rate) : rate;
        const before = await sample(params.head.table);
        const next = assertNoLeaks(() => adamW(params, grads, state, { ...config, learningRate }));
        assert.deepEqual(await sample(params.head.table), before);
        tf.dispose([params, state, grads, learningRate]);
        ({ params, state } = next);
        for (const [k, leaf] of leavesOf(params).entries()) {
          const expected = given.steps[at]?.[k] as number[];
          const got = await sample(leaf);
          assert.deepEqual(leaf.shape, shapes[k]);
          assert.equal(got.length, expected.length);
          // Numbers are up to 1, steps down to 1e-3: 2e-7 is the last digit of f32, and 4e-6 a software card's.
          got.forEach((x, i) =>
            assert.ok(
              Math.abs(x - (expected[i] as number)) <= (engine === "webgpu" ? 4e-6 : 5e-7),
              `step ${at + 1}, parameter ${k}[${i}]: got ${x}, expected ${expected[i]}`,
            ),
          );
        }
      }
      assert.equal((await state.step.data())[0], 5);
      tf.dispose([params, state]);
    });
  }

  it("the first step is alpha long whatever the gradient's size, and nothing moves without gradient and decay", async () => {
    const params = [tf.tensor1d([1, 1, 1, 1])];
    const grads = [tf.tensor1d([1e4, -1e-3, 3, 0])];
    const state = initAdamW(params);
    const next = adamW(params, grads, state, { learningRate: 0.5, weightDecay: 0, epsilon: 1e-12 });
    const got = Array.from(await (next.params[0] as tf.Tensor).data());
    [0.5, 1.5, 0.5, 1].forEach((x, i) =>
      assert.ok(Math.abs((got[i] as number) - x) < 1e-5, `${got[i]} for ${x}`),
    );
    tf.dispose([params, grads, state, next]);
  });

  it("weight decay without gradients is theta (1 - alpha lambda)^t, and spares vectors where asked", async () => {
    let params = { w: tf.ones([2, 2]), b: tf.ones([2]) };
    const grads = { w: tf.zeros([2, 2]), b: tf.zeros([2]) };
    let state = initAdamW(params);
    for (let t = 0; t < 3; t++) {
      const next = adamW(params, grads, state, { learningRate: 0.1, weightDecay: 0.5, decay: "matrices" });
      tf.dispose([params, state]);
      ({ params, state } = next);
    }
    for (const x of await params.w.data()) assert.ok(Math.abs(x - 0.95 ** 3) < 1e-6);
    assert.deepEqual(Array.from(await params.b.data()), [1, 1]);
    tf.dispose([params, grads, state]);
  });

  it("a gradient that is NaN is not hidden, and spoils no other parameter", async () => {
    const params = { a: tf.ones([2]), b: tf.ones([2]) };
    const grads = { a: tf.tensor1d([Number.NaN, 1]), b: tf.ones([2]) };
    const state = initAdamW(params);
    const next = adamW(params, grads, state, { learningRate: 0.1 });
    const [a, b] = [await next.params.a.data(), await next.params.b.data()];
    assert.ok(Number.isNaN(a[0]) && Number.isFinite(a[1]) && b.every(Number.isFinite));
    tf.dispose([params, grads, state, next]);
  });

  it("finds the least value of a function of nested parameters; 200 steps leave nothing behind", async () => {
    const target = tf.tensor1d([1, -2, 3]);
    const loss = (params: { x: tf.Tensor; deep: [tf.Tensor] }) =>
      tf.squaredDifference(params.x, target).sum().add(params.deep[0].square().sum()) as tf.Scalar;
    const got = assertNoLeaks(() => {
      let params: { x: tf.Tensor; deep: [tf.Tensor] } = { x: tf.zeros([3]), deep: [tf.ones([2, 2])] };
      let state: AdamWState = initAdamW(params);
      for (let t = 0; t < 200; t++) {
        const { value, gradients } = valueAndGradients(loss, params);
        const next = adamW(params, gradients, state, { learningRate: 0.1, weightDecay: 0 });
        tf.dispose([params, state, gradients, value]);
        ({ params, state } = next);
      }
      tf.dispose(state);
      return params;
    });
    const x = await got.x.data();
    [1, -2, 3].forEach((wanted, i) =>
      assert.ok(Math.abs((x[i] as number) - wanted) < 0.02, `${x[i]} for ${wanted}`),
    );
    for (const y of await got.deep[0].data()) assert.ok(Math.abs(y) < 0.02);
    tf.dispose([got, target]);
  });

  it("wrong input names the parameter, what was expected and what came, and the cure", () => {
    const params = { w: tf.ones([2, 3]), b: tf.ones([3]) };
    const state = initAdamW(params);
    const config: AdamWConfig = { learningRate: 0.1 };
    const wrong: [() => unknown, RegExp][] = [
      [() => adamW(params, { w: tf.ones([3, 2]), b: tf.ones([3]) }, state, config), /gradient of "w" must be \[2, 3\], got \[3, 2\]/],
      [() => adamW(params, { w: tf.ones([2, 3]) } as typeof params, state, config), /part at "b".*Cure: take the gradients/],
      [() => adamW<unknown>(params, { ...params, c: tf.ones([1]) }, state, config), /part at "c"/],
      [() => adamW({ w: params.w }, { w: params.w }, state, config), /buffers of m hold 9, these parameters need 6\. Cure: initAdamW/],
      [() => adamW({ w: tf.ones([1], "int32") }, { w: tf.ones([1]) }, initAdamW([tf.ones([1])]), config), /parameter "w" must be float32, got int32/],
      [() => initAdamW({ w: 3 }), /"w" must be a tensor, got number/],
      [() => valueAndGradients(() => tf.scalar(1), { w: tf.ones([1], "int32") }), /"w" must be float32, got int32/],
    ]; // prettier-ignore
    for (const [run, message] of wrong) assert.throws(() => tf.tidy(() => void run()), message);
    tf.dispose([params, state]);
  });
});
