import assert from "node:assert/strict";
import fc from "fast-check";
import { fork, makeRng, normalTensor, tf, useEngine } from "../../../src/engine";
import {
  adapt,
  adaptationErrors,
  drawSines,
  forTasks,
  initSine,
  metaGradient,
  sineAt,
  sineBatch,
  sineLoss,
  sineNetwork,
  sinePoints,
  trainSine,
} from "../../../src/prompt";
import type { SineParams, TaskLoss } from "../../../src/prompt";
import { valueAndGradients } from "../../../src/train";
import { disposeTree, mapTensors, namedTensors } from "../../../src/tree";

/** One parameter w, and for each task the loss (w - target)^2 / 2: all can be worked out by hand. */
type One = { w: tf.Tensor };
const pull: TaskLoss<One, { target: tf.Tensor }> = ({ w }, { target }) =>
  tf.squaredDifference(w, target).mul(0.5);
const at = (...targets: number[]) => ({ target: tf.tensor1d(targets) });
const scalarOf = async (tensor: tf.Tensor): Promise<number> => (await tensor.data())[0]!;

describe("MAML", () => {
  let tensors = 0;
  before(async () => void (await useEngine({ engine: "cpu" })));
  beforeEach(() => void (tensors = tf.memory().numTensors));
  afterEach(() => assert.equal(tf.memory().numTensors, tensors, "tensors are left"));

  it("the inner loop by hand: each task goes its own way", async () => {
    const params = { w: tf.scalar(1) };
    const support = at(3, -1);
    const shared = tf.tidy(() => forTasks(params, 2) as never) as One;
    const adapted = adapt(pull, shared, support, { rate: 0.1, steps: 2 });
    // w + (1 - 0.9^2) (target - w)
    const [a, b] = await adapted.w.data();
    assert.ok(Math.abs(a! - 1.38) < 1e-6 && Math.abs(b! - 0.62) < 1e-6, `${a}, ${b}`);
    disposeTree([params, support, shared, adapted]);
  });

  it("the outer gradient by hand: second order has (1 - alpha)^steps, first order has not", async () => {
    // After n steps w_t = s + (1 - alpha)^n (w - s); the gradient is mean (w_t - q) (1 - alpha)^n, without the power in
    // first order. Here s = (3, -1), q = (2, 0), w = 1, alpha = 0.1, n = 2: w_t = 1.38 and 0.62.
    const params = { w: tf.scalar(1) };
    const batch = { support: at(3, -1), query: at(2, 0), tasks: 2 };
    for (const order of [1, 2] as const) {
      const { value, gradients } = metaGradient(pull, params, batch, { rate: 0.1, steps: 2, order });
      const mean = (1.38 - 2 + (0.62 - 0)) / 2;
      assert.ok(Math.abs((await scalarOf(gradients.w)) - mean * (order === 2 ? 0.81 : 1)) < 1e-6);
      assert.ok(Math.abs((await scalarOf(value)) - (0.62 ** 2 / 2 + 0.62 ** 2 / 2) / 2) < 1e-6);
      disposeTree([value, gradients]);
    }
    disposeTree([params, batch.support, batch.query]);
  });

  it("the second-order gradient is that of the loss after the inner loop: finite differences", async () => {
    // Smooth: a hidden layer with squares (see maml.ts on tanh). A rate of 0.1 makes the second derivatives count.
    const params = { a: normalTensor(makeRng(1), [1, 3], 0.5), b: normalTensor(makeRng(2), [3, 1], 0.5) };
    type Params = typeof params;
    const loss: TaskLoss<Params, { x: tf.Tensor; y: tf.Tensor }> = ({ a, b }, { x, y }) =>
      tf.mean(tf.squaredDifference(tf.matMul(tf.square(tf.matMul(x, a)), b), y), [1, 2]);
    const points = (seed: number) => ({
      x: normalTensor(makeRng(seed), [2, 4, 1]),
      y: normalTensor(makeRng(seed + 1), [2, 4, 1]),
    });
    const batch = { support: points(3), query: points(5), tasks: 2 };
    const inner = { rate: 0.1, steps: 2 };
    const outer = (p: Params): tf.Scalar =>
      tf.tidy(
        () => tf.mean(loss(adapt(loss, forTasks(p, 2), batch.support, inner), batch.query)) as tf.Scalar,
      );
    const [second, first] = ([2, 1] as const).map((order) =>
      metaGradient(loss, params, batch, { ...inner, order }),
    );
    let apart = 0;
    for (const [name, tensor] of namedTensors(params)) {
      const slopes = await namedTensors(second!.gradients).get(name)!.data();
      const plain = await namedTensors(first!.gradients).get(name)!.data();
      for (let i = 0; i < tensor.size; i++) {
        const shifted = async (by: number): Promise<number> => {
          const value = tf.tidy(() => {
            const step = tf
              .oneHot(tf.scalar(i, "int32"), tensor.size)
              .cast("float32")
              .mul(by)
              .reshape(tensor.shape);
            return outer(mapTensors(params, (leaf, own) => (own === name ? leaf.add(step) : leaf)) as Params);
          });
          const number = await scalarOf(value);
          value.dispose();
          return number;
        };
        const difference = ((await shifted(1e-2)) - (await shifted(-1e-2))) / 2e-2;
        assert.ok(
          Math.abs(slopes[i]! - difference) < 2e-3 * Math.max(1, Math.abs(difference)),
          `${name}[${i}]: ${slopes[i]}, by differences ${difference}`,
        );
        apart = Math.max(apart, Math.abs(plain[i]! - difference));
      }
    }
    assert.ok(
      apart > 0.02,
      `first order differs by ${apart} only, so this test would not tell the two apart`,
    );
    disposeTree([params, batch.support, batch.query, second, first]);
  });

  it("without inner steps both orders are plain training on all tasks", async () => {
    const params = initSine(makeRng(1), [4]);
    const batch = sineBatch(makeRng(2), 3, 5);
    const plain = valueAndGradients(
      (p: SineParams) => tf.mean(sineLoss(forTasks(p, 3), batch.query)) as tf.Scalar,
      params,
    );
    for (const order of [1, 2] as const) {
      const meta = metaGradient(sineLoss, params, batch, { rate: 0.1, steps: 0, order });
      for (const [name, tensor] of namedTensors(meta.gradients)) {
        const [a, b] = [await tensor.data(), await namedTensors(plain.gradients).get(name)!.data()];
        a.forEach((v, i) => assert.ok(Math.abs(v - b[i]!) < 1e-4, `${name}[${i}]`));
      }
      disposeTree([meta]);
    }
    disposeTree([params, batch.support, batch.query, plain]);
  });

  it("wrong inner loops are refused by name", () => {
    const params = { w: tf.tensor1d([1]) };
    const batch = { support: at(1), query: at(1), tasks: 1 };
    for (const order of [1, 2] as const) {
      assert.throws(
        () => metaGradient(pull, params, batch, { rate: 0, steps: 1, order }),
        /rate must be a number above 0/,
      );
      assert.throws(
        () => metaGradient(pull, params, batch, { rate: 1, steps: 0.5, order }),
        /steps must be a whole number/,
      );
    }
    disposeTree([params, batch.support, batch.query]);
  });
});

describe("MAML on sine waves", () => {
  let tensors = 0;
  before(async () => void (await useEngine({ engine: "cpu" })));
  beforeEach(() => void (tensors = tf.memory().numTensors));
  afterEach(() => assert.equal(tf.memory().numTensors, tensors, "tensors are left"));

  it("sines lie in the paper's ranges, and points lie on their sine", async () => {
    assert.ok(Math.abs(sineAt({ amplitude: 2, phase: Math.PI / 2 }, Math.PI) - 2) < 1e-9);
    fc.assert(
      fc.property(fc.nat(1000), (seed) => {
        const [{ amplitude, phase }] = drawSines(makeRng(seed), 1) as [{ amplitude: number; phase: number }];
        return amplitude >= 0.1 && amplitude <= 5 && phase >= 0 && phase <= Math.PI;
      }),
      { numRuns: 50 },
    );
    const sines = drawSines(makeRng(1), 3);
    const points = sinePoints(makeRng(2), sines, 4);
    assert.deepEqual(points.x.shape, [3, 4, 1]);
    const [x, y] = [(await points.x.array()) as number[][][], (await points.y.array()) as number[][][]];
    sines.forEach((sine, t) =>
      x[t]!.forEach(([v], k) =>
        assert.ok(Math.abs(sineAt(sine, v!) - y[t]![k]![0]!) < 1e-5 && Math.abs(v!) <= 5),
      ),
    );
    disposeTree(points);
  });

  it("the network by hand, with other weights for each task", async () => {
    const params = [
      { weight: tf.tensor3d([[[1, -1]], [[2, 0]]]), bias: tf.tensor2d([[0, 0], [1, 0]]) },
      { weight: tf.tensor3d([[[3], [5]], [[1], [1]]]), bias: tf.tensor2d([[0], [10]]) },
    ]; // prettier-ignore
    const x = tf.tensor3d([[[2], [-1]], [[1], [-1]]]); // prettier-ignore
    const y = tf.tidy(() => sineNetwork(params, x));
    // |x| by parts: 3 relu(x) + 5 relu(-x); and relu(2 x + 1) + 10.
    assert.deepEqual(await y.array(), [[[6], [5]], [[13], [10]]]); // prettier-ignore
    disposeTree([params, x, y]);
  });

  it("errors on the way: the first is that of the given parameters, later ones fall on average", async () => {
    const params = initSine(makeRng(3), [16]);
    const batch = sineBatch(fork(makeRng(4), "test"), 12, 10);
    const errors = await adaptationErrors(params, batch, { rate: 0.01, steps: 8 });
    assert.deepEqual([errors.length, errors[0]!.length], [9, 12]);
    const given = tf.tidy(() => sineLoss(forTasks(params, 12), batch.query));
    (await given.data()).forEach((loss, t) => assert.ok(Math.abs(loss - errors[0]![t]!) < 1e-4));
    const mean = (row: number[]) => row.reduce((a, b) => a + b) / row.length;
    assert.ok(mean(errors[8]!) < mean(errors[0]!));
    disposeTree([params, batch.support, batch.query, given]);
  });

  it("all three methods train; MAML's first parameters adapt better than they are", async () => {
    for (const method of ["maml", "first order", "joint"] as const) {
      const losses: number[] = [];
      const params = await trainSine({ method, steps: 20, tasks: 4, points: 5, rate: 1e-2, each: (_, loss) => losses.push(loss) }); // prettier-ignore
      const mean = (from: number, to: number) => losses.slice(from, to).reduce((a, b) => a + b) / (to - from);
      assert.equal(losses.length, 20);
      assert.ok(mean(12, 20) < mean(0, 4), `${method}: ${mean(0, 4)} to ${mean(12, 20)}`);
      disposeTree(params);
    }
  });
});
