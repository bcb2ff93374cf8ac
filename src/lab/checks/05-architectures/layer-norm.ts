import type { Exercise } from "../../exercise";
import { tensor, type PlainTensor } from "../plain";
import type { Random } from "../random";
import type { Wrong } from "../toolkit";
import { byRow, gradientOf, mean, plain, randomTensor, rowsIn, total, transposed, weights } from "./matrices";

type Args = [x: PlainTensor, gain: PlainTensor, bias: PlainTensor, epsilon: number];

/** Each row by what `divisor` makes of its distances from `centre`, then gain and bias. */
function normed(
  [x, gain, bias]: Args,
  divisor: (distances: readonly number[], row: readonly number[]) => number,
  centre: (row: readonly number[]) => number = mean,
): PlainTensor {
  return byRow(x, (row) => {
    const distances = row.map((v) => v - centre(row));
    const by = divisor(distances, row);
    return distances.map((d, j) => (d / by) * gain.values[j]! + bias.values[j]!);
  });
}

const meanSquare = (row: readonly number[]): number => mean(row.map((v) => v * v));
const right = (...args: Args): PlainTensor => normed(args, (d) => Math.sqrt(meanSquare(d) + args[3]));

/** The learner's function along the first axis, by turning the matrix. */
function alongFirst(...[x, gain, bias, epsilon]: Args): PlainTensor {
  if (x.shape.length !== 2) throw new RangeError("for matrices only");
  const columns = transposed(rowsIn(x)).map((column) => {
    const m = mean(column);
    const by = Math.sqrt(meanSquare(column.map((v) => v - m)) + epsilon);
    return column.map((v) => (v - m) / by);
  });
  const rows = transposed(columns);
  return plain(
    rows.flatMap((row) => row.map((v, j) => v * gain.values[j]! + bias.values[j]!)),
    x.shape,
  );
}

function wholeTensor(...[x, gain, bias, epsilon]: Args): PlainTensor {
  const m = mean(x.values);
  const by = Math.sqrt(meanSquare(x.values.map((v) => v - m)) + epsilon);
  return byRow(x, (row) => row.map((v, j) => ((v - m) / by) * gain.values[j]! + bias.values[j]!));
}

const wrong: readonly Wrong<Args>[] = [
  {
    message:
      "The variance was divided by C - 1, as an estimate from a sample is. A norm takes the mean: divide by C.",
    answer: (...args) =>
      normed(args, (d) => Math.sqrt(total(d.map((v) => v * v)) / (d.length - 1) + args[3])),
  },
  {
    message: "Epsilon stands outside the root. It belongs inside: sqrt(variance + epsilon).",
    answer: (...args) => normed(args, (d) => Math.sqrt(meanSquare(d)) + args[3]),
  },
  {
    message: "Epsilon is missing. A row of equal numbers has variance 0, and 0 / 0 is NaN.",
    answer: (...args) => normed(args, (d) => Math.sqrt(meanSquare(d))),
  },
  {
    message: "The row was divided by its variance. Divide by the root of it, the standard deviation.",
    answer: (...args) => normed(args, (d) => meanSquare(d) + args[3]),
  },
  {
    message: "This is RMSNorm: no mean was taken away. LayerNorm centres each row first.",
    answer: (...args) =>
      normed(
        args,
        (d) => Math.sqrt(meanSquare(d) + args[3]),
        () => 0,
      ),
  },
  {
    message:
      "The mean was taken away, but the divisor is the root of mean(x^2) of the row as it came. The variance is the mean " +
      "square of the distances.",
    answer: (...args) => normed(args, (_, row) => Math.sqrt(meanSquare(row) + args[3])),
  },
  {
    message: "Mean and variance run down the columns. Each row is normed alone, along the last axis: -1.",
    answer: alongFirst,
  },
  {
    message: "Mean and variance are those of the whole tensor. Each row has its own: tf.mean(x, -1, true).",
    answer: wholeTensor,
  },
  {
    message: "The gain is missing: multiply by it before you add the bias.",
    answer: (x, gain, bias, epsilon) =>
      right(
        x,
        plain(
          gain.values.map(() => 1),
          gain.shape,
        ),
        bias,
        epsilon,
      ),
  },
  {
    message: "The bias is missing.",
    answer: (x, gain, bias, epsilon) =>
      right(
        x,
        gain,
        plain(
          bias.values.map(() => 0),
          bias.shape,
        ),
        epsilon,
      ),
  },
  {
    message: "The bias was added before the gain multiplied. First the gain, then the bias.",
    answer: (x, gain, bias, epsilon) =>
      right(
        x,
        gain,
        plain(
          bias.values.map((b, j) => b * gain.values[j]!),
          bias.shape,
        ),
        epsilon,
      ),
  },
];

const [gain3, bias3] = [tensor([1, 2, 0.5]), tensor([0, -1, 3])];
const hand: readonly Args[] = [
  [tensor([[1, 3]]), tensor([1, 1]), tensor([0, 10]), 0],
  [tensor([[1, 2, 6]]), gain3, bias3, 0.5],
  [
    tensor([
      [1, 2, 6],
      [0, -3, 3],
      [4, 4, 5],
    ]),
    gain3,
    bias3,
    0.25,
  ],
  [tensor([[[1, 5]], [[-2, 2]]]), tensor([2, 3]), tensor([1, -1]), 1],
];

function randomCase(random: Random): Args {
  const width = random.int(2, 5);
  const shape = [...Array.from({ length: random.int(0, 2) }, () => random.int(1, 3)), width];
  const x = randomTensor(random, shape);
  return [x, randomTensor(random, [width]), randomTensor(random, [width]), random.int(1, 40) / 40];
}

const gradientCases: readonly Args[] = [
  ...hand.slice(1),
  [tensor([0.5, -1, 2, 0]), tensor([1, 1, 2, 1]), tensor([0, 0, 0, 0]), 1e-3],
];

export const layerNorm: Exercise = {
  id: "layer-norm",
  fn: "layerNorm",
  title: "LayerNorm",
  difficulty: 2,
  importance: 5,
  minutes: 10,
  hints: [
    "One row at a time in thought: how far is each number from the mean of its row? All else follows from these distances.",
    [
      "inside tf.tidy:",
      "  distances = x - mean of each row, with its axis kept     [..., C]",
      "  variance = mean of distances squared, with its axis kept [..., 1]",
      "  give distances / sqrt(variance + epsilon) * gain + bias",
    ].join("\n"),
    "tf.mean(x, -1, true): the last axis, kept with size 1, so that it broadcasts over the row.",
  ],
  errors: [
    {
      see: /could not be broadcast/,
      help: "tf.mean drops the axis unless its third argument is true.",
    },
    { see: /NaN/, help: "0 / 0: a row of equal numbers has variance 0. What does epsilon do, and where?" },
    { see: /left \d+ tensors? behind/, help: "return tf.tidy(() => { ... return result; }) frees the rest." },
  ],
  checks: [
    {
      id: "hand",
      title: "by hand: rows, matrices, three axes",
      points: 4,
      run: (learner, t) => t.cases<Args>(learner, { args: hand, expected: right, wrong, tolerance: 1e-4 }),
    },
    {
      id: "random",
      title: "40 random tensors, with epsilons that show",
      points: 3,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: Array.from({ length: 40 }, () => randomCase(t.random)),
          expected: right,
          wrong,
          tolerance: 1e-3,
        }),
    },
    {
      id: "edge",
      title: "equal numbers, and numbers far from 0",
      points: 3,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: [
            [tensor([[5, 5, 5]]), gain3, bias3, 1e-5],
            [tensor([[30001, 30002, 30006]]), gain3, bias3, 1e-5],
            [
              tensor([
                [-9000, -9001, -9003],
                [1, 1, 1],
              ]),
              gain3,
              bias3,
              1e-5,
            ],
          ],
          expected: right,
          wrong,
          explain: () =>
            "Far from 0 this loses its digits: mean(x^2) - mean(x)^2 is a difference of two large numbers. Take the mean " +
            "away first, and square the distances.",
          tolerance: 1e-3,
        }),
    },
    {
      id: "gradient",
      title: "its gradient",
      points: 2,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: gradientCases,
          dy: (x) => weights(x.shape),
          expected: (x, ...rest) => gradientOf((each) => right(each, ...rest), x, weights(x.shape)),
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
