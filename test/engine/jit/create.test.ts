import assert from "node:assert/strict";
import { jit, JitError, makeRng, tf, uniformTensor } from "../../../src/engine";
import { assertNear, compiledSuite, numbers, sameValues } from "../../helpers/jitted";

compiledSuite("jit: tensors from nothing", () => {
  it("zeros, ones, fill, zerosLike, onesLike, eye", () => {
    sameValues(
      "constants",
      () => [
        tf.zeros([2, 3]),
        tf.ones([2], "int32"),
        tf.zeros([3], "bool"),
        tf.fill([2, 2], -0.1),
        tf.fill([3], 7, "int32"),
        tf.fill([], Infinity),
        tf.eye(3, 4),
      ],
      [],
    );
    sameValues("alike", (x) => [tf.zerosLike(x!), tf.onesLike(x!)], [numbers([2, 3])]);
    sameValues("alike", (x) => [tf.zerosLike(x!), tf.onesLike(x!)], [tf.tensor([true, false], [2], "bool")]);
  });

  it("range: up, down, empty, in f32's own arithmetic", () => {
    const ranges: [number, number, number?, ("float32" | "int32")?][] = [
      [0, 5],
      [5, 0],
      [0, 5, 2],
      [0, 6, 2],
      [5, 0, -2, "int32"],
      [-3, 4, 3, "int32"],
      [0, 1, 0.1],
      [0, 0.3, 0.1],
      [1, 2, 0.25],
      [2, 1, -0.3],
      [3, 3],
      [0, 5, -1],
      [5, 0, 2],
      [0, 100000, 1, "int32"],
    ];
    for (const [start, stop, step, type] of ranges)
      sameValues(`range ${start} ${stop} ${step}`, () => tf.range(start, stop, step, type), [], 1e-6);
  });

  it("linspace ends where it is told to", () => {
    for (const [start, stop, n] of [
      [0, 1, 11],
      [-3, 7, 2],
      [5, 1, 1],
      [1, 1, 4],
      [0, 1e6, 1001],
    ] as const)
      // prettier-ignore
      sameValues("linspace", () => tf.linspace(start, stop, n), [], 1e-5, assertNear);
  });

  it("multinomial is refused, and its cure draws what it should", () => {
    const f = jit((x: tf.Tensor1D) => tf.multinomial(x, 3));
    const refused = (error: unknown): boolean =>
      error instanceof JitError && /own generator.*Cure: tf\.argMax\(tf\.sub\(logits/.test(error.message);
    tf.tidy(() => assert.throws(() => f(tf.tensor1d([1, 2])), refused));

    const n = 20_000;
    const rng = makeRng(1);
    const draw = jit((row: tf.Tensor, r: typeof rng) => {
      const logits = tf.tile(tf.expandDims(row, 0), [n, 1]); // [n, 3]
      const drawn = tf.argMax(tf.sub(logits, tf.log(tf.neg(tf.log(uniformTensor(r, logits.shape))))), -1);
      return tf.mean(tf.oneHot(tf.cast(drawn, "int32"), 3), 0);
    });
    tf.tidy(() => {
      const got = draw(tf.log(tf.tensor([0.2, 0.5, 0.3])), rng).dataSync();
      [0.2, 0.5, 0.3].forEach((p, i) => assert.ok(Math.abs(got[i]! - p) < 5 * Math.sqrt((p * (1 - p)) / n)));
    });
    [f, draw].forEach((each) => each.dispose());
  });
});
