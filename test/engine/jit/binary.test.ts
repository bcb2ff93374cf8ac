import assert from "node:assert/strict";
import fc from "fast-check";
import { jit, tf } from "../../../src/engine";
import { assertNear, compiledSuite, numbers, sameGradients, sameValues, wholes } from "../../helpers/jitted";

type Binary = (a: tf.Tensor, b: tf.Tensor) => tf.Tensor;

const extremes = [
  0, -0, 1, -1, 0.5, -0.5, 2, -2, 2.5, -2.5, 3, -3, 7, -7.5, 1e-8, 1e5, -1e5, 3.4e38, -3.4e38,
  Number.NaN, Infinity, -Infinity,
]; // prettier-ignore
const wholeExtremes = [0, 1, -1, 2, -2, 3, -3, 7, -7, 46341, 2147483647, -2147483648];

/** Each with each: [n, 1] and [m]. */
function pairs(a: readonly number[], b: readonly number[], type: "float32" | "int32"): tf.Tensor[] {
  return [tf.tensor(a.slice(), [a.length, 1], type), tf.tensor(b.slice(), [b.length], type)];
}

/** Two shapes that stretch to one: some axes of each are 1, some of the first axes are left out. */
const shapes = fc
  .array(fc.tuple(fc.integer({ min: 1, max: 5 }), fc.boolean(), fc.boolean()), { maxLength: 4 })
  .chain((axes) =>
    fc.tuple(
      fc.integer({ min: 0, max: axes.length }).map((cut) => axes.map(([n, one]) => (one ? 1 : n)).slice(cut)),
      fc
        .integer({ min: 0, max: axes.length })
        .map((cut) => axes.map(([n, , one]) => (one ? 1 : n)).slice(cut)),
    ),
  );
const runs = { numRuns: 4, seed: 2 };

const arithmetic: Readonly<Record<string, Binary>> = {
  add: tf.add,
  sub: tf.sub,
  mul: tf.mul,
  div: tf.div,
  maximum: tf.maximum,
  minimum: tf.minimum,
  squaredDifference: tf.squaredDifference,
  atan2: tf.atan2,
  prelu: tf.prelu,
};

/** Their gradients in tfjs 4.22 end in an error where an operand is stretched, with and without jit. */
const unstretched = new Set(["maximum", "minimum", "prelu", "squaredDifference"]);

const comparisons: Readonly<Record<string, Binary>> = {
  equal: tf.equal,
  notEqual: tf.notEqual,
  greater: tf.greater,
  greaterEqual: tf.greaterEqual,
  less: tf.less,
  lessEqual: tf.lessEqual,
};

compiledSuite("jit: functions of two elements", () => {
  for (const [name, op] of Object.entries(arithmetic)) {
    it(name, () => {
      // TensorFlow's prelu is a sum, in which infinity - infinity is NaN.
      const ends = name === "prelu" ? extremes.filter((x) => Math.abs(x) < 1e38) : extremes;
      sameValues(name, (a, b) => op(a!, b!), pairs(ends, ends, "float32"), 1e-5, assertNear);
      fc.assert(
        fc.property(shapes, ([a, b]) => {
          sameValues(name, (x, y) => op(x!, y!), [numbers(a), numbers(b, 2)], 1e-5);
          if (!unstretched.has(name) || String(a) === String(b))
            sameGradients(name, (x, y) => op(x!, y!), [numbers(a), numbers(b, 2)]);
        }),
        runs,
      );
    });
  }

  it("pow", () => {
    sameValues("pow", (a, b) => tf.pow(a!, b!), pairs(extremes, extremes, "float32"), 1e-5, assertNear);
    fc.assert(
      fc.property(shapes, ([a, b]) => {
        const positive = (): tf.Tensor[] => tf.tidy(() => [tf.add(tf.abs(numbers(a)), 0.5), numbers(b, 2)]);
        sameValues("pow", (x, y) => tf.pow(x!, y!), positive(), 1e-5);
        sameGradients("pow", (x, y) => tf.pow(x!, y!), positive());
      }),
      runs,
    );
    const powers = wholeExtremes.filter((n) => n >= 0 && n < 100);
    sameValues("pow", (a, b) => tf.pow(a!, b!), pairs(wholeExtremes, powers, "int32"));
  });

  it("floorDiv, mod: the sign is the divisor's", () => {
    const ops: Record<string, Binary> = { floorDiv: tf.floorDiv, mod: tf.mod };
    for (const [name, op] of Object.entries(ops)) {
      sameValues(name, (a, b) => op(a!, b!), pairs(extremes, extremes, "float32"), 1e-5, assertNear);
      const divisors = wholeExtremes.filter((n) => n !== 0);
      const dividends = wholeExtremes.filter((n) => n !== -2147483648);
      sameValues(name, (a, b) => op(a!, b!), pairs(dividends, divisors, "int32"));
    }
    fc.assert(
      fc.property(shapes, ([a, b]) =>
        sameGradients("mod", (x, y) => tf.mod(x!, tf.add(tf.abs(y!), 0.5)), [numbers(a), numbers(b, 2)]),
      ),
      runs,
    );
  });

  it("divNoNan", () =>
    sameValues(
      "divNoNan",
      (a, b) => tf.divNoNan(a!, b!),
      pairs(extremes, extremes, "float32"),
      1e-5,
      assertNear,
    ));

  it("integers divided by 0 do not throw as in TensorFlow, so divNoNan can choose", () => {
    const zeros = (): tf.Tensor[] => [tf.tensor([3, -3], [2], "int32"), tf.tensor([0, 0], [2], "int32")];
    assert.throws(() => tf.tidy(() => tf.divNoNan(zeros()[0]!, zeros()[1]!)), /division by zero/);
    const f = jit((a: tf.Tensor, b: tf.Tensor) => tf.divNoNan(a, b));
    tf.tidy(() => assert.deepEqual([...f(zeros()[0]!, zeros()[1]!).dataSync()], [0, 0]));
    f.dispose();
  });

  it("integers", () => {
    const ops = { add: tf.add, sub: tf.sub, mul: tf.mul, maximum: tf.maximum, minimum: tf.minimum };
    for (const [name, op] of Object.entries({
      ...ops,
      squaredDifference: tf.squaredDifference,
      ...comparisons,
    }))
      sameValues(name, (a, b) => (op as Binary)(a!, b!), pairs(wholeExtremes, wholeExtremes, "int32"));
  });

  it("of different types: the wider one wins", () => {
    const ops: Record<string, Binary> = { add: tf.add, mul: tf.mul, div: tf.div, pow: tf.pow, less: tf.less };
    for (const [name, op] of Object.entries(ops)) {
      sameValues(name, (a, b) => op(a!, b!), [wholes([3, 1], 9), numbers([4])], 1e-5, assertNear);
      sameValues(name, (a, b) => op(a!, b!), [tf.tensor([true, false], [2], "bool"), tf.scalar(2, "int32")]);
    }
    sameValues("maximum", (a, b) => tf.maximum(a!, b!), booleans());
  });

  for (const [name, op] of Object.entries(comparisons)) {
    it(name, () => {
      sameValues(name, (a, b) => op(a!, b!), pairs(extremes, extremes, "float32"));
      fc.assert(
        fc.property(shapes, ([a, b]) =>
          sameValues(name, (x, y) => op(x!, y!), [wholes(a, 3), wholes(b, 3, 2)]),
        ),
        runs,
      );
    });
  }

  it("logic of booleans", () => {
    const ops = {
      and: tf.logicalAnd,
      or: tf.logicalOr,
      xor: tf.logicalXor,
      equal: tf.equal,
      notEqual: tf.notEqual,
    };
    for (const [name, op] of Object.entries(ops)) sameValues(name, (a, b) => op(a!, b!), booleans());
  });

  it("where", () => {
    const third = fc.array(fc.boolean(), { minLength: 4, maxLength: 4 });
    fc.assert(
      fc.property(shapes, third, ([a, b], ones) => {
        const c = a.map((n, i) => (ones[i] ? 1 : n));
        const inputs = (): tf.Tensor[] => [numbers(a), numbers(b, 2)];
        const op = (x?: tf.Tensor, y?: tf.Tensor): tf.Tensor =>
          tf.where(tf.cast(wholes(c, 2), "bool"), x!, y!);
        sameValues("where", op, inputs());
        sameGradients("where", op, inputs());
      }),
      runs,
    );
  });

  it("addN", () => {
    const inputs = (): tf.Tensor[] => Array.from({ length: 12 }, (_, i) => numbers([2, 3], i));
    sameValues("addN", (...xs) => tf.addN(xs), inputs(), 1e-6);
    sameGradients("addN", (...xs) => tf.addN(xs), inputs());
  });
});

const booleans = (): tf.Tensor[] => [
  tf.tensor([true, false], [2, 1], "bool"),
  tf.tensor([true, false], [2], "bool"),
];
