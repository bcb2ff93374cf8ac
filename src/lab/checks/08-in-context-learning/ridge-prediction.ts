import type { Exercise } from "../../exercise";
import type { Random } from "../random";
import type { Wrong } from "../toolkit";
import { gram, moments, solved } from "./linear";
import { dot, mean, randomNumbers } from "./numbers";

type Vector = readonly number[];
type Args = [xs: readonly Vector[], ys: Vector, x: Vector, lambda: number];

/** Weights with another number added to the diagonal, or to all of the matrix. */
function weights([xs, ys, x]: Args, diagonal: number, everywhere = 0): number[] {
  const matrix = gram(xs, x.length).map((row, a) =>
    row.map((value, b) => value + everywhere + (a === b ? diagonal : 0)),
  );
  return solved(matrix, moments({ xs, ys }, x.length));
}
const right = (...args: Args): number => (args[0].length === 0 ? 0 : dot(weights(args, args[3]), args[2]));

const wrong: readonly Wrong<Args>[] = [
  {
    message: "lambda is not in the system: (X^T X + lambda I) w = X^T y.",
    answer: (...args) => dot(weights(args, 0), args[2]),
  },
  {
    message: "lambda was added to ALL of the matrix. It stands on the diagonal only: lambda times I.",
    answer: (...args) => dot(weights(args, 0, args[3]), args[2]),
  },
  {
    message:
      "lambda was multiplied by the number of examples. Here the loss is a SUM over the examples, and lambda stands as it is.",
    answer: (...args) => dot(weights(args, args[3] * args[0].length), args[2]),
  },
  {
    message: "lambda was squared. Only the length of w is.",
    answer: (...args) => dot(weights(args, args[3] ** 2), args[2]),
  },
  {
    message: "lambda was subtracted. It makes the weights smaller: add it to the diagonal.",
    answer: (...args) => dot(weights(args, -args[3]), args[2]),
  },
  {
    message: "The mean of the y was given, which does not look at x.",
    answer: (_, ys) => mean(ys),
  },
  {
    message: "No system was solved: this is X^T y, as if X^T X were the unit matrix.",
    answer: (xs, ys, x) => dot(moments({ xs, ys }, x.length), x),
  },
  {
    message: "This is the sum of the weights. The prediction is w . x: each weight times its number of x.",
    answer: (...args) => weights(args, args[3]).reduce((total, w) => total + w, 0),
  },
  {
    message: "The weights came back. The prediction is asked for: w . x, one number.",
    answer: (...args) => weights(args, args[3]),
  },
];

const tolerance = 1e-6;

function randomArgs(random: Random, few = false): Args {
  const size = random.int(2, 3);
  const n = few ? random.int(1, size - 1) : random.int(size + 1, 7);
  // Vectors near to the axes: any n of them are far from lying in a plane.
  const xs = Array.from({ length: n }, (_, i) => randomNumbers(random, size, 1).map((value, a) => value + (i % size === a ? 3 : 0))); // prettier-ignore
  return [xs, randomNumbers(random, n, 5), randomNumbers(random, size, 2), random.pick([0.5, 1.5, 2, 3])];
}

export const ridgePrediction: Exercise = {
  id: "ridge-prediction",
  fn: "ridgePrediction",
  title: "Regression in context",
  difficulty: 3,
  importance: 4,
  minutes: 25,
  hints: [
    "X^T X is a table of D rows and D columns. What does the number in row a and column b add up? And X^T y, of which there are D numbers?",
    [
      "if there are no examples: give 0",
      "matrix[a][b] = sum over the examples of x_i[a] * x_i[b], and lambda more where a is b",
      "right[a] = sum over the examples of x_i[a] * y_i",
      "w = solve(matrix, right)",
      "give the sum over a of w[a] * x[a]",
    ].join("\n"),
    "x.map((_, a) => x.map((_, b) => ...)) makes a table of D rows and D columns.",
  ],
  errors: [
    {
      see: /NaN|Infinity/,
      help: "A matrix that cannot be solved, or undefined in it: is lambda on the diagonal, and are there D rows of D numbers?",
    },
    {
      see: /not iterable|reading '0'/,
      help: "solve takes a table [D][D] and a list [D]: both have as many rows as x has numbers.",
    },
  ],
  checks: [
    {
      id: "hand",
      title: "by hand: two examples, two dimensions",
      points: 4,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: [
            [[[1, 0], [0, 2]], [3, 4], [1, 1], 0],
            [[[1, 0], [0, 2]], [3, 4], [1, 1], 1],
            [[[1, 0], [0, 1]], [2, -2], [3, 1], 3],
            [[[2], [1]], [4, 3], [2], 2],
          ], // prettier-ignore
          expected: right,
          wrong,
          tolerance,
        }),
    },
    {
      id: "random",
      title: "40 random prompts",
      points: 4,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: Array.from({ length: 40 }, () => randomArgs(t.random)),
          expected: right,
          wrong,
          tolerance,
        }),
    },
    {
      id: "few",
      title: "fewer examples than dimensions, and none",
      points: 4,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: [[[[1, 2]], [3], [2, 1], 1], ...Array.from({ length: 8 }, () => randomArgs(t.random, true)), [[], [], [1, 2], 1]], // prettier-ignore
          expected: right,
          wrong,
          tolerance,
          explain: (_, xs) => (xs.length === 0 ? "With no examples the weights are 0, and so is the prediction." : undefined), // prettier-ignore
        }),
    },
    {
      id: "input",
      title: "leaves its input alone",
      points: 2,
      run: (learner, t) => t.unchanged<Args>(learner, [[[[1, 0], [0, 2]], [3, 4], [1, 1], 1], [[[2, 1]], [3], [1, 0], 2]], right, tolerance), // prettier-ignore
    },
  ],
};
