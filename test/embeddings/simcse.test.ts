import assert from "node:assert/strict";
import { assertNoLeaks, jit, makeRng, normalTensor, tf } from "../../src/engine";
import { alignment, simcseLoss, uniformity, unitRows } from "../../src/embeddings";
import { compiledSuite } from "../helpers/jitted";
import { eachEngine } from "../helpers/engines";

const value = async (make: () => tf.Tensor): Promise<number> => {
  const tensor = tf.tidy(make);
  const [number] = await tensor.data();
  tensor.dispose();
  return number;
};
const near = (got: number, wanted: number, tolerance = 1e-4): void =>
  assert.ok(Math.abs(got - wanted) <= tolerance * Math.max(1, Math.abs(wanted)), `${got}, not ${wanted}`);

eachEngine("SimCSE", () => {
  it("equation 1 by hand", async () => {
    // Cosines [[1, 0], [0.6, 0.8]] / 0.5
    const loss = await value(() =>
      simcseLoss(
        tf.tensor2d([
          [2, 0],
          [3, 4],
        ]),
        tf.tensor2d([
          [5, 0],
          [0, 1],
        ]),
        0.5,
      ),
    );
    near(loss, (Math.log(1 + Math.exp(-2)) + Math.log(1 + Math.exp((0.6 - 0.8) / 0.5))) / 2);
  });
  it("log N where all vectors are one, and for vectors that say nothing", async () => {
    near(await value(() => simcseLoss(tf.ones([8, 3]), tf.ones([8, 3]))), Math.log(8));
    near(await value(() => simcseLoss(tf.zeros([8, 3]), tf.ones([8, 3]))), Math.log(8));
  });
  it("lengths do not matter; its gradient is finite also at zero", async () => {
    const x = normalTensor(makeRng(1), [6, 4]);
    const y = normalTensor(makeRng(2), [6, 4]);
    near(await value(() => simcseLoss(x.mul(7), y.mul(0.1))), await value(() => simcseLoss(x, y)), 1e-4);
    const gradient = tf.tidy(() => tf.grad((h: tf.Tensor) => simcseLoss(h, y))(tf.zeros([6, 4])));
    assert.ok((await gradient.data()).every(Number.isFinite));
    for (const t of [x, y, gradient]) t.dispose();
  });
  it("alignment and uniformity by hand", async () => {
    const square = (): tf.Tensor => tf.tensor2d([1, 0, 0, 2, -3, 0, 0, -1], [4, 2]);
    near(await value(() => alignment(square(), square())), 0);
    near(await value(() => alignment(square(), square().neg())), 4);
    near(await value(() => uniformity(square())), Math.log((2 * Math.exp(-4) + Math.exp(-8)) / 3));
    near(await value(() => uniformity(tf.ones([5, 3]))), 0);
    near(await value(() => tf.sum(tf.square(unitRows(tf.tensor2d([3, 4], [1, 2]))))), 1);
  });
  it("errors name what is wrong; nothing is left", async () => {
    const x = tf.ones([2, 3]);
    assert.throws(() => simcseLoss(x, tf.ones([3, 3])), /\[2,3\] and \[3,3\]/);
    assert.throws(() => simcseLoss(x, x, 0), /temperature/);
    assert.throws(() => uniformity(tf.ones([1, 3])), /two rows/);
    await assertNoLeaks(() => {
      for (const t of [simcseLoss(x, x), alignment(x, x), uniformity(x)]) t.dispose();
    });
  });
});

compiledSuite("SimCSE, compiled", () => {
  it("loss and gradient as eager", () => {
    const x = normalTensor(makeRng(1), [5, 4]);
    const y = normalTensor(makeRng(2), [5, 4]);
    const f = (a: tf.Tensor, b: tf.Tensor): tf.Tensor[] => {
      const { value, grads } = tf.valueAndGrads((p: tf.Tensor, q: tf.Tensor) => simcseLoss(p, q, 0.1))([
        a,
        b,
      ]);
      return [value, ...grads, alignment(a, b), uniformity(a)];
    };
    const compiled = jit(f);
    tf.tidy(() => {
      const [got, wanted] = [compiled(x, y), f(x, y)];
      got.forEach((each, i) => {
        const [a, b] = [each.dataSync(), wanted[i].dataSync()];
        a.forEach((v, k) =>
          assert.ok(Math.abs(v - b[k]) < 1e-4 * Math.max(1, Math.abs(b[k])), `${i}: ${v}, ${b[k]}`),
        );
      });
    });
    compiled.dispose();
    x.dispose();
    y.dispose();
  });
});
