import assert from "node:assert/strict";
import fc from "fast-check";
import { jit, tf } from "../../../src/engine";
import { assertNear, compiledSuite, sameGradients, sameValues } from "../../helpers/jitted";

/** Zeros, halves, small ones, the ends of f32, what is no number; and some of every size. */
const extremes = [
  0, -0, 1, -1, 0.5, -0.5, 1.5, -1.5, 2.5, -2.5, 3.7, -3.7, 6.2, 1e-3, -1e-3, 1e-8, -1e-8, 1e-20, -1e-20, 9, -9, 20,
  -20, 88, -88, 104, -104, 1e5, -1e5, 1e30, -1e30, 3.4e38, -3.4e38, Number.NaN, Infinity, -Infinity,
]; // prettier-ignore
const wholeExtremes = [0, 1, -1, 2, -2, 3, -3, 7, -7, 46340, -46341, 2147483647, -2147483648];

const float = (values: readonly number[], shape: readonly number[] = [values.length]): tf.Tensor =>
  tf.tensor(values.slice(), shape.slice(), "float32");
const int = (values: readonly number[], shape: readonly number[] = [values.length]): tf.Tensor =>
  tf.tensor(values.slice(), shape.slice(), "int32");

const size = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

/** A shape of rank 0 to 4, and the number that its values come from. */
const places = fc.tuple(
  fc.array(fc.integer({ min: 1, max: 5 }), { maxLength: 4 }),
  fc.integer({ min: 0, max: 1e6 }),
);
const runs = { numRuns: 3, seed: 1 };

/** Numbers between two ends, spread evenly and shuffled: no two are equal, and none is at an end. */
function between([low, high]: readonly [number, number], shape: readonly number[], seed: number): tf.Tensor {
  const n = size(shape);
  const golden = 0.6180339887;
  const values = Array.from({ length: n }, (_, i) => ((seed + i + 1) * golden) % 1);
  return float(
    values.map((u) => low + (high - low) * (0.01 + 0.98 * u)),
    shape,
  );
}

type Unary = (x: tf.Tensor) => tf.Tensor;

/** Each function, and where it is smooth. */
const smooth: Readonly<Record<string, readonly [Unary, readonly [number, number]]>> = {
  abs: [tf.abs, [0.1, 4]],
  acos: [tf.acos, [-0.9, 0.9]],
  acosh: [tf.acosh, [1.1, 9]],
  asin: [tf.asin, [-0.9, 0.9]],
  asinh: [tf.asinh, [-9, 9]],
  atan: [tf.atan, [-9, 9]],
  atanh: [tf.atanh, [-0.9, 0.9]],
  cos: [tf.cos, [-9, 9]],
  cosh: [tf.cosh, [-9, 9]],
  elu: [tf.elu, [-4, 4]],
  erf: [tf.erf, [-3, 3]],
  exp: [tf.exp, [-9, 9]],
  expm1: [tf.expm1, [-9, 9]],
  leakyRelu: [(x) => tf.leakyRelu(x, 0.3), [-4, 4]],
  log: [tf.log, [0.1, 9]],
  log1p: [tf.log1p, [-0.9, 9]],
  logSigmoid: [tf.logSigmoid, [-9, 9]],
  neg: [tf.neg, [-9, 9]],
  reciprocal: [tf.reciprocal, [0.1, 9]],
  relu: [tf.relu, [-4, 4]],
  relu6: [tf.relu6, [-4, 5]],
  rsqrt: [tf.rsqrt, [0.1, 9]],
  selu: [tf.selu, [-4, 4]],
  sigmoid: [tf.sigmoid, [-9, 9]],
  sin: [tf.sin, [-9, 9]],
  sinh: [tf.sinh, [-9, 9]],
  softplus: [tf.softplus, [-9, 9]],
  sqrt: [tf.sqrt, [0.1, 9]],
  square: [tf.square, [-9, 9]],
  tan: [tf.tan, [-1.4, 1.4]],
  tanh: [tf.tanh, [-4, 4]],
  clipByValue: [(x) => tf.clipByValue(x, -1, 2), [-4, 4]],
};

/** TensorFlow's own are exp(x) - 1, which near 0 loses the digits that the program keeps. */
const rough = new Set(["elu", "selu"]);
const coarse = extremes.filter((x) => x === 0 || !(Math.abs(x) < 0.5));

/** Without a slope of their own. */
const steps: Readonly<Record<string, Unary>> = {
  ceil: tf.ceil,
  floor: tf.floor,
  round: tf.round,
  sign: tf.sign,
  step: tf.step,
  "step with a slope": (x) => tf.step(x, -0.5),
  isNaN: tf.isNaN,
  isInf: tf.isInf,
  isFinite: tf.isFinite,
  toBool: (x) => tf.cast(x, "bool"),
};

compiledSuite("jit: functions of each element", () => {
  for (const [name, [op, range]] of Object.entries(smooth)) {
    it(name, () => {
      sameValues(name, (x) => op(x!), [float(rough.has(name) ? coarse : extremes)], 1e-5, assertNear);
      fc.assert(
        fc.property(places, ([shape, seed]) => {
          sameValues(name, (x) => op(x!), [between(range, shape, seed)], 1e-5, assertNear);
          sameGradients(name, (x) => op(x!), [between(range, shape, seed)]);
        }),
        runs,
      );
    });
  }

  for (const [name, op] of Object.entries(steps)) {
    it(name, () => sameValues(name, (x) => op(x!), [float(extremes)]));
  }

  it("elu and selu keep their digits near 0", () => {
    const tiny = [-1e-3, -1e-5, -1e-8];
    const f = jit((x: tf.Tensor) => [tf.elu(x), tf.selu(x)]);
    tf.tidy(() => {
      const [elu, selu] = f(float(tiny)).map((y) => y.dataSync());
      tiny.forEach((x, i) => {
        assert.ok(Math.abs(elu![i]! / Math.expm1(x) - 1) < 1e-6, `elu(${x}) ${elu![i]}`);
        assert.ok(
          Math.abs(selu![i]! / (1.7580993408473766 * Math.expm1(x)) - 1) < 1e-6,
          `selu(${x}) ${selu![i]}`,
        );
      });
    });
    f.dispose();
  });

  it("functions of integers", () => {
    const ops: Record<string, Unary> = {
      abs: tf.abs,
      neg: tf.neg,
      sign: tf.sign,
      square: tf.square,
      relu: tf.relu,
      relu6: tf.relu6,
      toFloat: (x) => tf.cast(x, "float32"),
      toBool: (x) => tf.cast(x, "bool"),
      clip: (x) => tf.clipByValue(x, -2, 5),
    };
    for (const [name, op] of Object.entries(ops)) sameValues(name, (x) => op(x!), [int(wholeExtremes)]);
    sameValues("prelu", (x) => tf.prelu(x!, tf.scalar(0.3)), [int([-46341, -2, 0, 7])]);
    // In TensorFlow's hands exp disposes an integer tensor.
    sameValues("exp", (x) => tf.exp(tf.clone(x!)), [int([-3, 0, 5])], 1e-5, assertNear);
    sameValues("erf", (x) => tf.erf(x!), [int([-3, 0, 5])], 1e-5, assertNear);
    // TensorFlow's own round turns all integers into 0.
    const round = jit((x: tf.Tensor) => tf.round(x));
    tf.tidy(() => assert.deepEqual([...round(int(wholeExtremes)).dataSync()], wholeExtremes));
    round.dispose();
  });

  it("functions of booleans", () => {
    const bools = (): tf.Tensor[] => [tf.tensor([true, false], [2], "bool")];
    sameValues("not", (x) => tf.logicalNot(x as tf.Tensor), bools());
    sameValues("toInt", (x) => tf.cast(x!, "int32"), bools());
    sameValues("toFloat", (x) => tf.cast(x!, "float32"), bools());
    sameValues("clip", (x) => tf.clipByValue(x!, 0, 1), bools());
  });

  it("from float to integer: truncated; NaN is 0; what does not fit is the nearest that does", () => {
    sameValues("toInt", (x) => tf.cast(x!, "int32"), [float(extremes.filter((x) => Math.abs(x) < 2 ** 31))]);
    const f = jit((x: tf.Tensor) => tf.cast(x, "int32"));
    tf.tidy(() => {
      const got = [...f(float([Number.NaN, Infinity, 1e30, -Infinity, -1e30])).dataSync()];
      assert.deepEqual(got, [0, 2147483647, 2147483647, -2147483648, -2147483648]);
    });
    f.dispose();
  });
});
