import type { Exercise } from "../../exercise";
import { mapRows, rowsOf, tensor, tensorOf, type PlainTensor } from "../plain";
import type { Wrong } from "../toolkit";
import {
  exp32,
  largest,
  randomShape,
  randomTensor,
  smallest,
  softmaxGradient,
  softmaxOf,
  softmaxRow,
  total,
} from "./rows";

type Args = [x: PlainTensor];

/** Softmax down the first axis instead of along the last one. */
function alongFirst(x: PlainTensor): PlainTensor {
  const first = x.shape[0] ?? 1;
  const rest = x.values.length / first;
  const columns = Array.from({ length: rest }, (_, r) =>
    softmaxRow(Array.from({ length: first }, (_, i) => x.values[i * rest + r]!)),
  );
  return tensorOf(
    x.values.map((_, at) => columns[at % rest]![Math.floor(at / rest)]!),
    x.shape,
  );
}

/** A square matrix whose sums lost their axis: row j's sum then stands over column j. */
function sumsOverColumns(x: PlainTensor): PlainTensor {
  const rows = rowsOf(x);
  const tops = rows.map(largest);
  const sums = rows.map((row, i) => total(row.map((v) => exp32(v - tops[i]!))));
  return tensorOf(
    rows.flatMap((row) => row.map((v, j) => exp32(v - tops[j]!) / sums[j]!)),
    x.shape,
  );
}

const clipped = (bound: number): Wrong<Args> => ({
  message:
    "The scores were clipped. That keeps exp from overflowing, and makes large scores equal that are not: take the " +
    "row's largest score away instead, which changes nothing.",
  answer: (x) => mapRows(x, (row) => softmaxRow(row.map((v) => Math.min(bound, Math.max(-bound, v))))),
});

const wrong: readonly Wrong<Args>[] = [
  {
    message:
      "exp overflows: exp(89) is more than float32 holds, and exp(-110) is 0. Infinity / infinity and 0 / 0 are both " +
      "NaN. Take the row's largest score away first.",
    answer: (x) => mapRows(x, (row) => softmaxRow(row, 0)),
  },
  {
    message:
      "The largest score of the WHOLE tensor was taken away. A row far below it has only powers of 0, and 0 / 0 is " +
      "NaN: each row needs its own, tf.max(x, -1, true).",
    answer: (x) => mapRows(x, (row) => softmaxRow(row, largest(x.values))),
  },
  {
    message:
      "The SMALLEST score was taken away, and the powers of the others overflow. Take the largest away: then no power " +
      "is above 1.",
    answer: (x) => mapRows(x, (row) => softmaxRow(row, smallest(row))),
  },
  {
    message:
      "The whole tensor adds up to 1. Each row must: sum along the last axis, tf.sum(powers, -1, true).",
    answer: (x) => tensorOf(softmaxRow(x.values), x.shape),
  },
  {
    message: "The columns add up to 1: this is softmax along the first axis. The last one is asked, axis -1.",
    answer: alongFirst,
  },
  {
    message:
      "Each score was divided by another row's sum. A sum without `true` loses its axis, and broadcasting then puts it " +
      "over the columns: tf.max(x, -1, true), tf.sum(powers, -1, true).",
    answer: (x) => (x.shape.length === 2 ? sumsOverColumns(x) : softmaxOf(x)),
  },
  {
    message: "These are the powers; they do not add up to 1 yet. Divide by their sum.",
    answer: (x) => mapRows(x, (row) => row.map((v) => exp32(v - largest(row)))),
  },
  {
    message: "These are the logarithms of the probabilities (log-softmax). Softmax is the probabilities.",
    answer: (x) => mapRows(x, (row) => softmaxRow(row).map(Math.log)),
  },
  {
    message:
      "The largest score was taken away above the fraction line only. Use the same powers above and below.",
    answer: (x) =>
      mapRows(x, (row) => row.map((v) => exp32(v - largest(row)) / Math.fround(total(row.map(exp32))))),
  },
  {
    message: "The scores were divided by their sum, without exp. Then a negative score is no probability.",
    answer: (x) => mapRows(x, (row) => row.map((v) => v / total(row))),
  },
  {
    message: "The smallest score gets the most: a sign is turned round.",
    answer: (x) => mapRows(x, (row) => softmaxRow(row.map((v) => -v))),
  },
  ...[30, 50, 80, 88].map(clipped),
];

const square = tensor([
  [1, 2],
  [5, 3],
]);
const scores = tensor([
  [1, 2, 3],
  [0, 0, 0],
]);
/** Rows of very different size, each with its own answer. */
const extremes: readonly PlainTensor[] = [
  tensor([1e4, 9999, 0]),
  tensor([-1e4, -9999]),
  tensor([
    [1e4, 9998],
    [-1e4, -9998],
    [0, 1],
  ]),
  tensor([[[60, -60, 59]], [[200, 201, 202]]]),
  tensor([3e38, -3e38]),
];

export const softmax: Exercise = {
  id: "softmax",
  fn: "softmax",
  title: "Softmax",
  difficulty: 1,
  importance: 5,
  minutes: 10,
  forbidden: ["softmax", "logSoftmax", "logSumExp"],
  hints: [
    "A fraction stays the same when you divide above and below by the same number. Which power can you divide by, so " +
      "that no power is above 1?",
    [
      "inside tf.tidy:",
      "  m = the largest score of each row, with its axis kept: [..., 1]",
      "  powers = exp(x - m)",
      "  give powers / (the sum of each row of powers, with its axis kept)",
    ].join("\n"),
    "tf.max(x, -1, true): -1 is the last axis, and true keeps it with size 1. So [2, 3] - [2, 1] broadcasts by rows.",
  ],
  errors: [
    {
      see: /could not be broadcast/,
      help: "tf.max and tf.sum drop the axis unless the third argument is true. Then [2, 3] and [2] do not fit.",
    },
    { see: /NaN/, help: "NaN is infinity / infinity or 0 / 0. What is the largest power before you divide?" },
    {
      see: /Cannot compute gradient/,
      help: "The way from x to the result must be tfjs operations: no dataSync() and no tf.tensor() in between.",
    },
    { see: /left \d+ tensors? behind/, help: "return tf.tidy(() => { ... return result; }) frees the rest." },
    {
      see: /disposed/,
      help: "Dispose only what you made. x is the caller's, and the result is what you return.",
    },
  ],
  checks: [
    {
      id: "hand",
      title: "by hand: small scores",
      points: 6,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: [[tensor([0, 0])], [scores], [square], [tensor([[[-1, 1]], [[2, 0.5]]])]],
          expected: softmaxOf,
          wrong,
          tolerance: 1e-5,
        }),
    },
    {
      id: "overflow",
      title: "scores of 10,000 and of -10,000",
      points: 9,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: extremes.map((x): Args => [x]),
          expected: softmaxOf,
          wrong,
          tolerance: 1e-4,
        }),
    },
    {
      id: "random",
      title: "60 random tensors of one to four axes",
      points: 6,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: Array.from({ length: 60 }, (): Args => [randomTensor(t.random, randomShape(t.random), 6)]),
          expected: softmaxOf,
          wrong,
          tolerance: 1e-5,
        }),
    },
    {
      id: "edge",
      title: "one score, -Infinity, and NaN that stays in its row",
      points: 3,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: [
            [tensor([7])],
            [tensor([[3], [-2]])],
            [tensor([0, -Infinity, 0])],
            [
              tensor([
                [NaN, 1],
                [2, 2],
              ]),
            ],
          ],
          expected: softmaxOf,
          wrong,
          tolerance: 1e-5,
        }),
    },
    {
      id: "gradient",
      title: "its gradient is finite and right",
      points: 5,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: [scores, square, ...extremes.slice(0, 3)].map((x): Args => [x]),
          dy: weights,
          expected: (x) => softmaxGradient(x, weights(x)),
          tolerance: 1e-4,
        }),
    },
    {
      id: "input",
      title: "leaves its input alone",
      points: 3,
      run: (learner, t) => t.unchanged<Args>(learner, [[scores], [square]], softmaxOf, 1e-5),
    },
    {
      id: "memory",
      title: "leaves no tensors behind",
      points: 3,
      run: (learner, t) =>
        t.noLeaks<Args>(learner, { args: [[scores], [square]], expected: softmaxOf, wrong, tolerance: 1e-5 }),
    },
  ],
};

/** 1, 2, 3, ... : with equal weights the gradient of a softmax is 0, and any zero would pass. */
function weights(x: PlainTensor): PlainTensor {
  return tensorOf(
    x.values.map((_, i) => i + 1),
    x.shape,
  );
}
