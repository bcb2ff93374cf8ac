import assert from "node:assert/strict";
import fc from "fast-check";
import { makeRng, tf, useEngine } from "../../../src/engine";
import {
  averaging,
  leastSquares,
  linearBatch,
  linearTasks,
  linearTensors,
  predictions,
  ridge,
  zeroPredictor,
} from "../../../src/prompt";

const near = (a: number, b: number, tolerance = 1e-6) =>
  assert.ok(Math.abs(a - b) <= tolerance * Math.max(1, Math.abs(b)), `${a} is not ${b}`);

describe("linear functions and those who learn them", () => {
  before(async () => void (await useEngine({ engine: "cpu" })));

  it("a task is y = w . x, its noise has the deviation asked for, and the scale is that of x", () => {
    const [task] = linearTasks(makeRng(1), { count: 1, points: 5, dimension: 2 });
    task!.xs.forEach((x, i) => near(x[0]! * task!.weights[0]! + x[1]! * task!.weights[1]!, task!.ys[i]!));
    const noisy = linearTasks(makeRng(2), { count: 40, points: 50, dimension: 1, noise: 0.5, scale: 3 });
    const rest = noisy.flatMap(({ xs, ys, weights }) => ys.map((y, i) => y - weights[0]! * xs[i]![0]!));
    near(Math.sqrt(rest.reduce((sum, r) => sum + r * r, 0) / rest.length), 0.5, 0.05);
    const x = noisy.flatMap(({ xs }) => xs.flat());
    near(Math.sqrt(x.reduce((sum, v) => sum + v * v, 0) / x.length), 3, 0.05);
  });

  it("a batch is made of such tasks: least squares finds its w; numbers and shapes are as asked", async () => {
    const before = tf.memory().numTensors;
    const { xs, ys } = linearBatch(makeRng(3), { count: 2, points: 6, dimension: 3 });
    assert.deepEqual([xs.shape, ys.shape], [[2, 6, 3], [2, 6]]); // prettier-ignore
    const [rows, values] = [(await xs.array()) as number[][][], (await ys.array()) as number[][]];
    tf.dispose([xs, ys]);
    assert.equal(tf.memory().numTensors, before, "tensors are left");
    rows.forEach((x, b) =>
      near(leastSquares(x.slice(0, 3), values[b]!.slice(0, 3), x[5]!), values[b]![5]!, 1e-3),
    );
    assert.notDeepEqual(rows[0], rows[1]);
  });

  it("least squares by hand: one example in two dimensions, then three that do not agree", () => {
    // The shortest w with w . (3, 4) = 10 is (1.2, 1.6).
    near(leastSquares([[3, 4]], [10], [1, 0]), 1.2);
    near(leastSquares([[3, 4]], [10], [0, 1]), 1.6);
    // y of 1, 2 and 6 at x = 1: their mean.
    near(leastSquares([[1], [1], [1]], [1, 2, 6], [1]), 3);
    near(leastSquares([], [], [5]), 0);
  });

  it("ridge by hand: w = x y / (x^2 + lambda), in both forms of the system", () => {
    near(ridge(2)([[2]], [3], [1]), 6 / 6);
    // Fewer examples than dimensions: w = x y / (|x|^2 + lambda).
    near(ridge(5)([[1, 2]], [10], [1, 1]), (10 * 3) / 10);
    assert.throws(() => ridge(-1), /lambda must be a number from 0, got -1/);
  });

  it("averaging and zero by hand", () => {
    near(averaging([[1], [3]], [2, 4], [2]), 2 * ((1 * 2 + 3 * 4) / 2));
    assert.equal(averaging([], [], [2]), 0);
    assert.equal(zeroPredictor([[1]], [1], [1]), 0);
  });

  it("two examples that are alike: least squares says so, ridge does not mind", () => {
    const twice = [[1, 2], [1, 2]]; // prettier-ignore
    assert.throws(() => leastSquares(twice, [1, 1], [1, 0]), /alike.*Cure: ridge/);
    assert.ok(Number.isFinite(ridge(0.1)(twice, [1, 1], [1, 0])));
  });

  it("least squares knows a noiseless function from d examples on, and fits all that it has seen", () => {
    fc.assert(
      fc.property(fc.nat(1000), fc.integer({ min: 1, max: 5 }), (seed, dimension) => {
        const [task] = linearTasks(makeRng(seed), { count: 1, points: dimension + 3, dimension });
        const said = predictions(leastSquares, task!);
        for (let k = dimension; k < said.length; k++) near(said[k]!, task!.ys[k]!, 1e-4);
        for (let k = 1; k <= dimension; k++) {
          const [xs, ys] = [task!.xs.slice(0, k), task!.ys.slice(0, k)];
          near(leastSquares(xs, ys, xs[k - 1]!), ys[k - 1]!, 1e-4);
        }
      }),
      { numRuns: 30 },
    );
  });

  it("ridge goes to least squares as lambda goes to 0, and to 0 as it grows", () => {
    const [task] = linearTasks(makeRng(5), { count: 1, points: 6, dimension: 3 });
    const { xs, ys } = task!;
    for (const k of [2, 5]) {
      const [seen, said] = [xs.slice(0, k), ys.slice(0, k)];
      near(ridge(1e-7)(seen, said, xs[5]!), leastSquares(seen, said, xs[5]!), 1e-4);
      near(ridge(1e9)(seen, said, xs[5]!), 0, 1e-5);
    }
  });

  it("tasks become tensors of their numbers", async () => {
    const tasks = linearTasks(makeRng(6), { count: 2, points: 3, dimension: 2 });
    const { xs, ys } = linearTensors(tasks);
    const [rows, values] = [(await xs.array()) as number[][][], (await ys.array()) as number[][]];
    tf.dispose([xs, ys]);
    near(rows[1]![2]![1]!, tasks[1]!.xs[2]![1]!);
    near(values[1]![0]!, tasks[1]!.ys[0]!);
  });

  it("wrong options are named", () => {
    const right = { count: 1, points: 2, dimension: 3 };
    for (const make of [linearTasks, linearBatch]) {
      assert.throws(
        () => make(makeRng(1), { ...right, points: 0 }),
        /points must be a whole number from 1, got 0/,
      );
      assert.throws(() => make(makeRng(1), { ...right, noise: -1 }), /noise must be a number from 0, got -1/);
    }
  });
});
