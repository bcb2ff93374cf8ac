import fc from "fast-check";
import { tf } from "../../../src/engine";
import { compiledSuite, numbers, sameValues } from "../../helpers/jitted";

/**
 * Programs that nobody would write: a dozen kernels at random, each on results of earlier ones. What XLA fuses,
 * reorders and works out twice differs from program to program; values and gradients must not.
 */

/** One kernel, or a few, on two tensors of any shape; k chooses an axis, a place, a length. Results stay small. */
type Step = (a: tf.Tensor, b: tf.Tensor, k: number) => tf.Tensor;

const flat = (x: tf.Tensor): tf.Tensor1D => tf.reshape(x, [-1]);
const size = (shape: readonly number[]): number => shape.reduce((n, m) => n * m, 1);

/** The elements of x, repeated or cut off, in another shape. */
function filled(x: tf.Tensor, shape: readonly number[]): tf.Tensor {
  const places = Array.from({ length: size(shape) }, (_, i) => i % x.size);
  return tf.reshape(tf.gather(flat(x), tf.tensor1d(places, "int32")), shape.slice());
}

/** The second operand: of the same shape, a row, a column, or one number. */
function fitting(b: tf.Tensor, shape: readonly number[], k: number): tf.Tensor {
  const last = shape.length - 1;
  const forms = [shape, shape.slice(-1), shape.map((n, i) => (i === last ? 1 : n)), []];
  return filled(b, forms[k % 4]!);
}

/** What follows from x without a slope; tfjs finds no way through comparisons by itself. */
const still = (op: (x: tf.Tensor) => tf.Tensor, x: tf.Tensor): tf.Tensor =>
  tf.customGrad((y) => ({ value: op(y as tf.Tensor), gradFunc: () => tf.zerosLike(y as tf.Tensor) }))(x);

const axisOf = (x: tf.Tensor, k: number): number => k % x.rank;
const withBoth =
  (op: (a: tf.Tensor, b: tf.Tensor) => tf.Tensor): Step =>
  (a, b, k) =>
    op(a, fitting(b, a.shape, k));
const alone =
  (op: (a: tf.Tensor) => tf.Tensor): Step =>
  (a) =>
    op(a);
const along =
  (op: (a: tf.Tensor, axis: number, keep: boolean) => tf.Tensor): Step =>
  (a, _, k) =>
    op(a, axisOf(a, k), k % 2 === 0);

const steps: Readonly<Record<string, Step>> = {
  add: withBoth(tf.add),
  sub: withBoth(tf.sub),
  mul: withBoth((a, b) => tf.mul(a, tf.tanh(b))),
  div: withBoth((a, b) => tf.div(a, tf.add(1, tf.square(b)))),
  pow: withBoth((a, b) => tf.pow(tf.add(0.5, tf.sigmoid(a)), tf.tanh(b))),
  // tfjs' gradients of these two want equal shapes.
  maximum: (a, b) => tf.maximum(a, filled(b, a.shape)),
  minimum: (a, b) => tf.minimum(a, filled(b, a.shape)),
  where: (a, b) =>
    tf.where(
      still((x) => tf.greater(x, 0.1), a),
      a,
      filled(b, a.shape),
    ),
  tanh: alone(tf.tanh),
  sigmoid: alone(tf.sigmoid),
  sin: alone(tf.sin),
  erf: alone(tf.erf),
  exp: alone((a) => tf.exp(tf.neg(tf.square(a)))),
  log: alone((a) => tf.log(tf.add(1, tf.square(a)))),
  sqrt: alone((a) => tf.sqrt(tf.add(1, tf.square(a)))),
  rsqrt: alone((a) => tf.rsqrt(tf.add(1, tf.square(a)))),
  relu: alone(tf.relu),
  abs: alone(tf.abs),
  elu: alone(tf.elu),
  softplus: alone(tf.softplus),
  clip: alone((a) => tf.clipByValue(a, -0.7, 0.9)),
  sum: along((a, axis, keep) => tf.mul(tf.sum(a, axis, keep), 0.5)),
  mean: along(tf.mean),
  max: along(tf.max),
  logSumExp: along(tf.logSumExp),
  softmax: alone(tf.softmax as (a: tf.Tensor) => tf.Tensor),
  logSoftmax: alone((a) => tf.mul(tf.logSoftmax(a), 0.3)),
  cumsum: (a, _, k) => tf.cumsum(a, a.rank - 1, k % 2 === 0, k % 3 === 0),
  transpose: (a, _, k) =>
    tf.transpose(
      a,
      a.shape.map((_n, i) => (i + k) % a.rank),
    ),
  reshape: (a, _, k) => tf.reshape(a, k % 2 === 0 || a.rank === 1 ? [a.size] : [a.shape[0]!, -1]),
  slice: (a, _, k) =>
    tf.slice(
      a,
      a.shape.map((n) => k % n),
      a.shape.map((n) => Math.max(1, (n - (k % n)) >> 1)),
    ),
  concat: (a, b, k) => tf.concat([a, filled(b, a.shape)], axisOf(a, k)),
  stack: (a, b, k) =>
    a.rank > 2 ? tf.reverse(a, axisOf(a, k)) : tf.stack([a, filled(b, a.shape)], k % (a.rank + 1)),
  tile: (a, _, k) =>
    tf.tile(
      a,
      a.shape.map((_n, i) => (i === axisOf(a, k) ? 2 : 1)),
    ),
  pad: (a, _, k) =>
    tf.pad(
      a,
      a.shape.map((_n, i): [number, number] => [(k + i) % 2, k % 2]),
      0.25,
    ),
  gather: (a, _, k) =>
    tf.gather(
      a,
      tf.tensor1d(
        [k, k + 1, k].map((i) => i % a.shape[axisOf(a, k)]!),
        "int32",
      ),
      axisOf(a, k),
    ),
  matMul: (a, b) => {
    const rows = tf.reshape(a, [-1, a.shape.at(-1)!]);
    return tf.mul(tf.matMul(rows, filled(b, [3, a.shape.at(-1)!]), false, true), 0.3);
  },
  attention: (a, b) => {
    const [q, kv] = [a, b].map((x) => filled(x, [2, 3, 4])) as [tf.Tensor, tf.Tensor];
    return tf.matMul(tf.softmax(tf.matMul(q, kv, false, true)), kv);
  },
  oneHot: (a, b, k) => {
    return tf.mul(
      still((x) => tf.oneHot(tf.argMax(x, axisOf(x, k)) as tf.Tensor1D, 3), a),
      filled(b, [3]),
    );
  },
};

/** Kernel, two operands (counted back from the newest tensor), k. */
type Line = readonly [kernel: string, a: number, b: number, k: number];

/** The inputs and all tensors that a program makes of them; those beyond 400 elements are cut. */
function run(program: readonly Line[], inputs: readonly tf.Tensor[]): tf.Tensor[] {
  const made = inputs.map((x) => (x.rank === 0 ? flat(x) : x));
  for (const [kernel, i, j, k] of program) {
    const back = (n: number): tf.Tensor => made[made.length - 1 - (n % made.length)]!;
    const y = steps[kernel]!(back(i), back(j), k);
    made.push(
      y.rank === 0 ? flat(y) : y.size > 400 || y.rank > 4 ? tf.slice(flat(y), 0, Math.min(y.size, 100)) : y,
    );
  }
  return made;
}

/** A number to which every tensor of the program adds, the inputs too: each has a gradient. */
const loss = (made: readonly tf.Tensor[]): tf.Scalar =>
  tf.addN(made.map((x, i) => tf.mean(tf.mul(x, 1 + i / 10)))) as tf.Scalar;

const shape = fc.array(fc.integer({ min: 1, max: 5 }), { maxLength: 3 });
const line: fc.Arbitrary<Line> = fc.tuple(
  fc.constantFrom(...Object.keys(steps)),
  fc.nat({ max: 3 }),
  fc.nat({ max: 9 }),
  fc.nat({ max: 11 }),
);
const programs = fc.array(line, { minLength: 5, maxLength: 20, size: "max" });

compiledSuite("jit: random programs", () => {
  for (const seed of [1, 2, 3, 4, 5]) {
    it(`give the same values and gradients as without jit (seed ${seed})`, () => {
      fc.assert(
        fc.property(shape, shape, programs, (first, second, program) => {
          sameValues(
            program.map(([kernel]) => kernel).join(" "),
            (...inputs) => [...run(program, inputs), ...tf.grads((...xs) => loss(run(program, xs)))(inputs)],
            [numbers(first, seed), numbers(second, seed + 100)],
            1e-5,
          );
        }),
        // Each step of shrinking is a compilation: begin at the seed and path that the error names.
        { numRuns: 6, seed, endOnFailure: true },
      );
    });
  }
});
