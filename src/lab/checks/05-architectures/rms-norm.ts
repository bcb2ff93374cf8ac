import type { Exercise } from "../../exercise";
import { tensor, type PlainTensor } from "../plain";
import type { Random } from "../random";
import type { Wrong } from "../toolkit";
import { byRow, gradientOf, mean, plain, randomTensor, total, weights } from "./matrices";

type Args = [x: PlainTensor, gain: PlainTensor, epsilon: number];
type Row = readonly number[];

const squares = (row: Row): number[] => row.map((v) => v * v);
const by =
  (divisor: (row: Row, epsilon: number) => number, centre: (row: Row) => number = () => 0) =>
  (x: PlainTensor, gain: PlainTensor, epsilon: number): PlainTensor =>
    byRow(x, (row) => {
      const moved = row.map((v) => v - centre(row));
      return moved.map((v, j) => (v / divisor(moved, epsilon)) * gain.values[j]!);
    });
const right = by((row, epsilon) => Math.sqrt(mean(squares(row)) + epsilon));

const wrong: readonly Wrong<Args>[] = [
  {
    message: "A mean was taken away: this is LayerNorm. RMSNorm divides the row as it is.",
    answer: by((row, epsilon) => Math.sqrt(mean(squares(row)) + epsilon), mean),
  },
  {
    message:
      "The root is of the SUM of the squares: rows get length 1. Root mean square divides the sum by C.",
    answer: by((row, epsilon) => Math.sqrt(total(squares(row)) + epsilon)),
  },
  {
    message: "Epsilon stands outside the root. It belongs inside: sqrt(mean(x^2) + epsilon).",
    answer: by((row, epsilon) => Math.sqrt(mean(squares(row))) + epsilon),
  },
  {
    message: "Epsilon is missing: a row of zeros gives 0 / 0, which is NaN.",
    answer: by((row) => Math.sqrt(mean(squares(row)))),
  },
  {
    message: "The row was divided by its mean square. Divide by the root of it.",
    answer: by((row, epsilon) => mean(squares(row)) + epsilon),
  },
  {
    message: "The gain is missing.",
    answer: (x, gain, epsilon) =>
      right(
        x,
        plain(
          gain.values.map(() => 1),
          gain.shape,
        ),
        epsilon,
      ),
  },
  {
    message: "The mean square is that of the whole tensor. Each row has its own: tf.mean(x, -1, true).",
    answer: (x, gain, epsilon) => {
      const root = Math.sqrt(mean(squares(x.values)) + epsilon);
      return byRow(x, (row) => row.map((v, j) => (v / root) * gain.values[j]!));
    },
  },
];

const hand: readonly Args[] = [
  [tensor([[3, 4]]), tensor([1, 1]), 0],
  [tensor([[1, -2, 2]]), tensor([1, 2, -1]), 0.5],
  [
    tensor([
      [1, 2, 6],
      [0, -3, 3],
    ]),
    tensor([1, 0.5, 2]),
    0.25,
  ],
  [tensor([[[1, 5]], [[-2, 2]]]), tensor([2, 3]), 1],
];

function randomCase(random: Random): Args {
  const width = random.int(2, 5);
  const shape = [...Array.from({ length: random.int(0, 2) }, () => random.int(1, 3)), width];
  return [randomTensor(random, shape), randomTensor(random, [width]), random.int(1, 40) / 40];
}

export const rmsNorm: Exercise = {
  id: "rms-norm",
  fn: "rmsNorm",
  title: "RMSNorm",
  difficulty: 1,
  importance: 4,
  minutes: 5,
  hints: [
    "Read the name backwards: square, mean, root. That number divides the row.",
    [
      "inside tf.tidy:",
      "  meanSquare = mean of x squared along the last axis, kept [..., 1]",
      "  give x / sqrt(meanSquare + epsilon) * gain",
    ].join("\n"),
  ],
  errors: [
    { see: /could not be broadcast/, help: "tf.mean drops the axis unless its third argument is true." },
    { see: /NaN/, help: "A row of zeros: 0 / 0. Epsilon inside the root prevents it." },
  ],
  checks: [
    {
      id: "hand",
      title: "by hand",
      points: 3,
      run: (learner, t) => t.cases<Args>(learner, { args: hand, expected: right, wrong, tolerance: 1e-4 }),
    },
    {
      id: "random",
      title: "40 random tensors, and a row of zeros",
      points: 3,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: [
            ...Array.from({ length: 40 }, () => randomCase(t.random)),
            [
              tensor([
                [0, 0],
                [1, -1],
              ]),
              tensor([1, 1]),
              1e-5,
            ],
          ],
          expected: right,
          wrong,
          tolerance: 1e-4,
        }),
    },
    {
      id: "gradient",
      title: "its gradient",
      points: 2,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: hand.slice(1),
          dy: (x) => weights(x.shape),
          expected: (x, gain, epsilon) =>
            gradientOf((each) => right(each, gain, epsilon), x, weights(x.shape)),
          tolerance: 1e-3,
        }),
    },
    {
      id: "input",
      title: "leaves its input alone, and no tensors behind",
      points: 2,
      run: async (learner, t) => {
        await t.unchanged<Args>(learner, [hand[1]!, hand[2]!], right, 1e-4);
        await t.noLeaks<Args>(learner, { args: [hand[2]!], expected: right, wrong, tolerance: 1e-4 });
      },
    },
  ],
};
