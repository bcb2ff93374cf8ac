import assert from "node:assert/strict";
import fc from "fast-check";
import { jit, tf } from "../../../src/engine";
import { compiledSuite, numbers, sameGradients, sameValues, wholes } from "../../helpers/jitted";

type Fold = (x: tf.Tensor, axis?: number | number[], keepDims?: boolean) => tf.Tensor;

const folds: Readonly<Record<string, Fold>> = {
  sum: tf.sum,
  mean: tf.mean,
  max: tf.max,
  min: tf.min,
  prod: tf.prod,
  logSumExp: tf.logSumExp,
};

const dims = fc.array(fc.integer({ min: 1, max: 6 }), { maxLength: 4 });
/** A shape, some of its axes (or none named: all of them), some counted from the end. */
const cases = dims.chain((shape) =>
  fc.tuple(
    fc.constant(shape),
    fc.option(
      fc
        .subarray(shape.map((_, i) => i))
        .chain((axes) => fc.boolean().map((back) => axes.map((i) => (back ? i - shape.length : i)))),
      { nil: undefined },
    ),
    fc.boolean(),
  ),
);
const ranked = dims
  .filter((shape) => shape.length > 0)
  .chain((shape) => fc.tuple(fc.constant(shape), fc.integer({ min: -shape.length, max: shape.length - 1 })));
const runs = { numRuns: 8, seed: 3 };

const { NaN: nan } = Number;
const odd = [
  [1, nan, 3],
  [nan, nan, nan],
  [Infinity, 2, -Infinity],
  [-Infinity, -Infinity, -Infinity],
  [0, -0, -1],
];

compiledSuite("jit: reductions", () => {
  for (const [name, op] of Object.entries(folds)) {
    it(name, () => {
      fc.assert(
        fc.property(cases, ([shape, axes, keep]) => {
          sameValues(name, (x) => op(x!, axes, keep), [numbers(shape)], 1e-5);
          // tfjs' gradient of prod knows no negative axes.
          const plain = axes?.map((i) => (i + shape.length) % shape.length);
          sameGradients(name, (x) => op(x!, plain, keep), [numbers(shape)]);
        }),
        runs,
      );
    });

    it(`${name} of NaN, infinities and -0`, () => {
      for (const axis of [0, 1, undefined]) sameValues(name, (x) => op(x!, axis), [tf.tensor(odd)], 1e-5);
      // Long enough for the loop over several at once.
      const long = Array.from({ length: 100 }, (_, i) => (i === 41 ? nan : Math.sin(i)));
      sameValues(name, (x) => [op(x!, 0), op(x!, 1), op(x!)], [tf.tensor([long, long.map(Math.cos)])], 1e-5);
    });

    it(`${name} of integers and of nothing`, () => {
      fc.assert(
        fc.property(cases, ([shape, axes, keep]) =>
          sameValues(name, (x) => op(tf.sub(x!, 3), axes, keep), [wholes(shape, 7)], 1e-5),
        ),
        { ...runs, numRuns: 4 },
      );
      sameValues(name, (x) => op(x!, 1), [tf.zeros([2, 0])]);
      sameValues(name, (x) => op(x!, 0), [tf.zeros([2, 0])]);
      if (name !== "logSumExp") sameValues(name, (x) => op(x!, 1), [tf.zeros([2, 0], "int32")]);
    });
  }

  it("sum, mean, prod of booleans; all, any", () => {
    fc.assert(
      fc.property(cases, ([shape, axes, keep]) =>
        sameValues(
          "of booleans",
          (x) => {
            const yes = tf.cast(x!, "bool");
            return [tf.sum, tf.mean, tf.prod, tf.all, tf.any].map((op) => (op as Fold)(yes, axes, keep));
          },
          [wholes(shape, 2)],
          1e-6,
        ),
      ),
      runs,
    );
    sameValues("of none", (x) => [tf.all(tf.cast(x!, "bool"), 1), tf.any(tf.cast(x!, "bool"), 1)], [
      tf.zeros([2, 0]),
    ]);
  });

  it("argMax, argMin: the first of equals, never NaN", () => {
    fc.assert(
      fc.property(ranked, ([shape, axis]) => {
        const both = (x: tf.Tensor): tf.Tensor[] => [tf.argMax(x, axis), tf.argMin(x, axis)];
        sameValues("of integers", (x) => both(x!), [wholes(shape, 4)]);
        sameValues("of floats", (x) => both(tf.cast(x!, "float32")), [wholes(shape, 4)]);
        sameValues("of booleans", (x) => both(tf.cast(x!, "bool")), [wholes(shape, 2)]);
      }),
      runs,
    );
    sameValues("of NaN", (x) => [tf.argMax(x!, 1), tf.argMin(x!, 1), tf.argMax(x!, 0)], [tf.tensor(odd)]);
  });

  it("softmax, logSoftmax", () => {
    fc.assert(
      fc.property(ranked, ([shape]) => {
        const op = (x: tf.Tensor): tf.Tensor[] => [tf.softmax(x), tf.logSoftmax(x)];
        sameValues("softmax", (x) => op(tf.mul(x!, 30)), [numbers(shape)], 1e-5);
        sameGradients("softmax", (x) => op(x!), [numbers(shape)]);
      }),
      runs,
    );
    const far = [...odd, [1e38, -1e38, 0], [-1e38, -1e38, -1e38], [1000, 999, -1000]];
    sameValues("softmax", (x) => tf.softmax(x!), [tf.tensor(far)], 1e-6);
    sameValues("logSoftmax", (x) => tf.logSoftmax(x!), [tf.tensor([[1000, 999, -1000]])], 1e-6);
  });

  it("cumsum, cumprod", () => {
    fc.assert(
      fc.property(ranked, fc.boolean(), fc.boolean(), ([shape, axis], exclusive, reverse) => {
        const both = (x: tf.Tensor): tf.Tensor[] => [
          tf.cumsum(x, axis, exclusive, reverse),
          tf.cumprod(x, axis, exclusive, reverse),
        ];
        sameValues("cumulative", (x) => both(x!), [numbers(shape)], 1e-6);
        sameValues("of integers", (x) => both(tf.sub(x!, 2)), [wholes(shape, 5)]);
        // tfjs' gradient of cumsum along other axes has a wrong shape, and cumprod has none.
        const last = shape.length - 1;
        sameGradients("cumsum", (x) => tf.cumsum(x!, last, exclusive, reverse), [numbers(shape)]);
      }),
      { ...runs, numRuns: 12 },
    );
    sameValues("long", (x) => tf.cumsum(x!, 1), [numbers([3, 5000])], 1e-5);
    sameValues("of nothing", (x) => tf.cumsum(x!, 1), [tf.zeros([2, 0])]);
  });

  it("topk: values and int32 places, the first of equals first", () => {
    fc.assert(
      fc.property(ranked, fc.nat(), ([shape], pick) => {
        const k = 1 + (pick % shape.at(-1)!);
        const op = (x: tf.Tensor): tf.Tensor[] => Object.values(tf.topk(x, k));
        sameValues("of floats", (x) => op(x!), [numbers(shape)]);
        sameValues("of integers", (x) => op(tf.sub(x!, 1)), [wholes(shape, 3)]);
        sameValues("with equals", (x) => op(tf.cast(tf.sub(x!, 1), "float32")), [wholes(shape, 3)]);
      }),
      runs,
    );
    const row = [0, -0, 1, -Infinity, -0, 0, Infinity, 1];
    sameValues("ends", (x) => Object.values(tf.topk(x!, 8)), [tf.tensor(row)]);
    sameValues("gradient", (x) => tf.gather(x!, tf.topk(x!, 3).indices), [numbers([9])]);
    const f = jit((x: tf.Tensor) => tf.topk(x, 3).indices);
    tf.tidy(() => assert.deepEqual([...f(tf.tensor([1, nan, 3, 2])).dataSync()], [1, 2, 3]));
    f.dispose();
  });

  it("batchNorm, with and without scale and offset", () => {
    const inputs = (shape: number[]): tf.Tensor[] =>
      tf.tidy(() => [
        numbers([2, 3, 4, 5]),
        numbers(shape, 2),
        tf.abs(numbers(shape, 3)),
        numbers(shape, 4),
        numbers(shape, 5),
      ]);
    for (const shape of [[5], [1, 1, 1, 5]]) {
      const full = (x?: tf.Tensor, m?: tf.Tensor, v?: tf.Tensor, o?: tf.Tensor, s?: tf.Tensor): tf.Tensor =>
        tf.batchNorm(x!, m as tf.Tensor1D, v as tf.Tensor1D, o as tf.Tensor1D, s as tf.Tensor1D, 0.1);
      sameValues("batchNorm", full, inputs(shape), 1e-5);
      sameValues("batchNorm", (x, m, v) => full(x, m, v), inputs(shape), 1e-5);
    }
    sameGradients(
      "batchNorm",
      (x, m, v, o, s) =>
        tf.batchNorm(x!, m as tf.Tensor1D, v as tf.Tensor1D, o as tf.Tensor1D, s as tf.Tensor1D),
      inputs([5]),
    );
  });
});
