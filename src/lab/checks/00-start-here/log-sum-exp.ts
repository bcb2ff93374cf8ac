import type { Exercise } from "../../exercise";
import { sizeOf, tensor, tensorOf, type PlainTensor } from "../plain";
import type { Random } from "../random";
import type { Wrong } from "../toolkit";
import { alongAxis, exp32, largest, randomShape, randomTensor, smallest, softmaxRow, total } from "./rows";

type Args = [x: PlainTensor, axis?: number, keepDims?: boolean];

const finite = (m: number): number => (Number.isFinite(m) ? m : 0);

/** log(sum exp(row)), with what is taken away as an argument: the right answer, and most mistakes. */
function logSum(row: readonly number[], shift = finite(largest(row))): number {
  return shift + Math.log(Math.fround(total(row.map((v) => exp32(v - shift)))));
}

const right = (x: PlainTensor, axis = -1, keepDims = false): PlainTensor =>
  alongAxis(x, axis, keepDims, (row) => logSum(row));

/** A mistake that looks at one row at a time. */
const rowwise =
  (change: (row: number[], x: PlainTensor) => number) =>
  (x: PlainTensor, axis = -1, keepDims = false): PlainTensor =>
    alongAxis(x, axis, keepDims, (row) => change(row, x));

const wrong: readonly Wrong<Args>[] = [
  {
    message:
      "exp overflows above 88 (or is 0 for all, and log(0) is -Infinity). Take the largest away first, and add it again " +
      "after the logarithm.",
    answer: rowwise((row) => logSum(row, 0)),
  },
  {
    message:
      "Where the largest is -Infinity (or +Infinity), x - m is -Infinity - (-Infinity) = NaN. Take m away only where it " +
      "is finite: tf.where(tf.isFinite(m), m, tf.zerosLike(m)).",
    answer: rowwise((row) => logSum(row, largest(row))),
  },
  {
    message: "The largest was taken away and not added again: log(sum exp(x - m)) is too small by m.",
    answer: rowwise((row) => logSum(row) - finite(largest(row))),
  },
  {
    message: "This is the largest score. It is close, and that is all: the logarithm of the sum is missing.",
    answer: rowwise(largest),
  },
  {
    message: "This is the sum of the powers; its logarithm is missing.",
    answer: rowwise((row) => Math.fround(total(row.map(exp32)))),
  },
  {
    message: "This is the logarithm of the MEAN of the powers. Take tf.sum, not tf.mean.",
    answer: rowwise((row) => logSum(row) - Math.log(row.length)),
  },
  {
    message:
      "The largest of the WHOLE tensor was taken away. Far below it every power is 0, and log(0) is -Infinity: each row " +
      "needs its own.",
    answer: rowwise((row, x) => logSum(row, finite(largest(x.values)))),
  },
  {
    message: "The SMALLEST was taken away, and the powers of the others overflow. Take the largest away.",
    answer: rowwise((row) => logSum(row, finite(smallest(row)))),
  },
  {
    message: "`axis` was not used: this is the sum along the last axis.",
    answer: (x, _axis, keepDims) => right(x, -1, keepDims),
  },
  {
    message: "`axis` was not used: this is the sum along the first axis.",
    answer: (x, _axis, keepDims) => right(x, 0, keepDims),
  },
  {
    message: "All axes were summed over. Only `axis` goes: tf.sum(powers, axis, keepDims).",
    answer: (x) => tensorOf([logSum(x.values)], []),
  },
  {
    message: "The values are right, but the axis is always kept. It goes, unless keepDims is true.",
    answer: (x, axis) => right(x, axis, true),
  },
  {
    message: "The values are right, but keepDims = true must keep the axis, with size 1.",
    answer: (x, axis) => right(x, axis, false),
  },
  ...[1e-12, 1e-10, 1e-8, 1e-7, 1e-6].map((small) => ({
    message:
      "A small number was added inside the logarithm. It hides the -Infinity that a row of zeros must give; the right " +
      "shift needs no such number.",
    answer: rowwise(
      (row) =>
        finite(largest(row)) + Math.log(total(row.map((v) => exp32(v - finite(largest(row))))) + small),
    ),
  })),
];

const scores = tensor([
  [1, 2, 3],
  [0, 0, 0],
]);
const square = tensor([
  [1, 2],
  [5, 3],
]);
const tall = tensor([[[1, -1]], [[0.5, 2]]]);
const extremes: readonly Args[] = [
  [tensor([1e4, 9999, 0])],
  [tensor([-1e4, -9999])],
  [tensor([90, 90])],
  [
    tensor([
      [1e4, 9998],
      [-1e4, -9998],
      [0, 1],
    ]),
  ],
  [
    tensor([
      [300, -300],
      [-300, 299],
    ]),
    0,
  ],
];

function randomCase(random: Random): Args {
  const shape = randomShape(random);
  const axis = random.int(-shape.length, shape.length - 1);
  return [randomTensor(random, shape, 6), axis, random.next() < 0.5];
}

/** The gradient of sum(dy * logSumExp(x)) along the last axis is dy times softmax. */
function gradient(x: PlainTensor): PlainTensor {
  const n = x.shape.at(-1)!;
  const weights = weightsOf(x).values;
  const rows = weights.flatMap((weight, r) =>
    softmaxRow(x.values.slice(r * n, (r + 1) * n)).map((p) => weight * p),
  );
  return tensorOf(rows, x.shape);
}

function weightsOf(x: PlainTensor): PlainTensor {
  const shape = x.shape.slice(0, -1);
  return tensorOf(
    Array.from({ length: sizeOf(shape) }, (_, i) => i + 1),
    shape,
  );
}

const tolerance = 1e-5;

export const logSumExp: Exercise = {
  id: "log-sum-exp",
  fn: "logSumExp",
  title: "Log-sum-exp",
  difficulty: 2,
  importance: 5,
  minutes: 15,
  forbidden: ["logSumExp", "logSoftmax"],
  hints: [
    "exp(x) = exp(m) · exp(x - m). What does exp(m), taken out of the sum, become under the logarithm? And which m is no " +
      "number that one may take away?",
    [
      "inside tf.tidy:",
      "  m = the largest along axis, with its axis kept",
      "  shift = m where m is finite, else 0",
      "  log = the logarithm of the sum of exp(x - shift) along axis, kept or not as keepDims says",
      "  give log + shift; where the axis goes, squeeze it out of shift first",
    ].join("\n"),
    "tf.where(tf.isFinite(m), m, tf.zerosLike(m)) chooses by element. tf.squeeze(shift, [axis]) drops an axis of size 1.",
  ],
  errors: [
    {
      see: /NaN/,
      help: "-Infinity - (-Infinity) is NaN. For a row of nothing but -Infinity, what must be taken away?",
    },
    {
      see: /shape must be/,
      help: "tf.sum(x, axis, keepDims) drops or keeps the axis; what you add to it must have the same shape.",
    },
    {
      see: /could not be broadcast/,
      help: "Keep the axis (third argument true) of whatever is taken away from x.",
    },
    { see: /Cannot compute gradient/, help: "No dataSync() and no tf.tensor() between x and the result." },
    { see: /left \d+ tensors? behind/, help: "return tf.tidy(() => { ... return result; }) frees the rest." },
  ],
  checks: [
    {
      id: "hand",
      title: "by hand: log 2, log 3, rows and columns",
      points: 6,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: [[tensor([0, 0])], [scores], [scores, 0], [square, 1], [square, -2, true], [tall, 0]],
          expected: right,
          wrong,
          tolerance,
        }),
    },
    {
      id: "overflow",
      title: "scores of 10,000 and of -10,000",
      points: 8,
      run: (learner, t) =>
        t.cases<Args>(learner, { args: extremes, expected: right, wrong, tolerance: 1e-6 }),
    },
    {
      id: "infinity",
      title: "-Infinity is log(0), and a sum of zeros is 0",
      points: 7,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: [
            [tensor([-Infinity, 2])],
            [
              tensor([
                [-Infinity, -Infinity],
                [0, 0],
              ]),
            ],
            [tensor([-Infinity]), 0, true],
            [tensor([Infinity, 1])],
          ],
          expected: right,
          wrong,
          tolerance,
        }),
    },
    {
      id: "random",
      title: "80 random tensors, any axis, kept or not",
      points: 6,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: Array.from({ length: 80 }, () => randomCase(t.random)),
          expected: right,
          wrong,
          tolerance,
        }),
    },
    {
      id: "gradient",
      title: "its gradient is softmax, finite and right",
      points: 4,
      run: (learner, t) =>
        t.cases<[x: PlainTensor]>(learner, {
          args: [[scores], [square], [tensor([1e4, 9999, -1e4])], [tensor([-Infinity, 1, 1])]],
          dy: weightsOf,
          expected: gradient,
          tolerance: 1e-4,
        }),
    },
    {
      id: "input",
      title: "leaves its input alone",
      points: 2,
      run: (learner, t) => t.unchanged<Args>(learner, [[scores], [square, 0, true]], right, tolerance),
    },
    {
      id: "memory",
      title: "leaves no tensors behind",
      points: 2,
      run: (learner, t) =>
        t.noLeaks<Args>(learner, {
          args: [[scores], [square, 0, true]],
          expected: right,
          wrong,
          tolerance,
        }),
    },
  ],
};
