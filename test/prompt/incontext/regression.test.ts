import assert from "node:assert/strict";
import { makeRng, tf, useEngine } from "../../../src/engine";
import {
  errorCurve,
  initRegression,
  linearTasks,
  linearTensors,
  regression,
  regressionLoss,
  regressionPredictions,
} from "../../../src/prompt";
import { disposeTraining, startTraining, train } from "../../../src/train";
import { disposeTree } from "../../../src/tree";
import { assertGradients } from "../../helpers/gradients";

const config = { dimension: 2, points: 5, dModel: 8, nLayer: 2, nHead: 2 };
const tasks = linearTasks(makeRng(1), { count: 3, points: 5, dimension: 2 });

describe("a transformer that learns linear functions from its input", () => {
  let tensors = 0;
  before(async () => void (await useEngine({ engine: "cpu" })));
  beforeEach(() => void (tensors = tf.memory().numTensors));
  afterEach(() => assert.equal(tf.memory().numTensors, tensors, "tensors are left"));

  it("guess k sees x_k and the points before it, not y_k and not what comes after", async () => {
    const params = initRegression(config, makeRng(2));
    const [task] = tasks;
    const changed = (part: "xs" | "ys", at: number) => ({
      ...task!,
      xs: task!.xs.map((x, i) => (part === "xs" && i === at ? [9, 9] : x)),
      ys: task!.ys.map((y, i) => (part === "ys" && i === at ? 9 : y)),
    });
    const [plain, otherY, otherX] = (await regressionPredictions(params, config, [
      task!,
      changed("ys", 2),
      changed("xs", 2),
    ])) as [number[], number[], number[]];
    const same = (a: number[], b: number[], k: number) => Math.abs(a[k]! - b[k]!) < 1e-5;
    assert.deepEqual([0, 1, 2, 3, 4].map((k) => same(plain, otherY, k)), [true, true, true, false, false]); // prettier-ignore
    assert.deepEqual([0, 1, 2, 3, 4].map((k) => same(plain, otherX, k)), [true, true, false, false, false]); // prettier-ignore
    disposeTree(params);
  });

  it("gradients are right in every tensor", async () => {
    const params = initRegression({ ...config, nLayer: 1 }, makeRng(3));
    const batch = linearTensors(tasks.map((task) => ({ ...task, ys: task.ys.map((y) => y / 3) })));
    await assertGradients((p) => regressionLoss(p, config, batch), params, { each: 1, tolerance: 5e-3 });
    disposeTree([params, batch]);
  });

  it("learns: the loss of a few tasks falls by half and more", async () => {
    const state = startTraining(initRegression(config, makeRng(4)), 1);
    const losses: number[] = [];
    for await (const { loss } of train({
      state,
      steps: 30,
      schedule: 1e-2,
      loss: (params, batch: { xs: tf.Tensor; ys: tf.Tensor }) => regressionLoss(params, config, batch),
      batch: () => linearTensors(tasks),
    }))
      losses.push(loss);
    disposeTraining(state);
    assert.ok(losses.at(-1)! < 0.5 * losses[0]!, `${losses[0]} to ${losses.at(-1)}`);
  });

  it("errors by number of examples, by hand", () => {
    const two = [
      { xs: [[1, 0], [0, 1]], ys: [1, 2], weights: [1, 2] },
      { xs: [[1, 0], [0, 1]], ys: [3, 0], weights: [3, 0] },
    ]; // prettier-ignore
    const curve = errorCurve([[0, 2], [0, 1]], two); // prettier-ignore
    assert.deepEqual(
      curve.map(({ estimate }) => estimate),
      [(1 + 9) / 2 / 2, (0 + 1) / 2 / 2],
    );
    assert.ok(curve[0]!.low < 2.5 && curve[0]!.high > 2.5);
    assert.throws(() => errorCurve([[0, 2]], two), /1 tasks, but there are 2/);
  });

  it("what does not fit the model is refused by name", () => {
    const params = initRegression(config, makeRng(5));
    const zeros = (...shape: number[]) => tf.zeros(shape);
    tf.tidy(() => {
      assert.throws(() => regression(params, config, zeros(1, 3, 4), zeros(1, 3)), /xs must be \[B, N, 2\]/);
      assert.throws(() => regression(params, config, zeros(1, 3, 2), zeros(1, 2)), /ys must be \[1, 3\]/);
      assert.throws(
        () => regression(params, config, zeros(1, 6, 2), zeros(1, 6)),
        /6 points are more than .* 5/,
      );
      assert.deepEqual(regression(params, config, zeros(2, 3, 2), zeros(2, 3)).shape, [2, 3]);
    });
    disposeTree(params);
  });
});
