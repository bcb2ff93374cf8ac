import type { Exercise } from "../../exercise";
import type { Random } from "../random";
import type { Wrong } from "../toolkit";
import { dot, randomVector, type Vector } from "./numbers";

type Args = [count: number, word: Vector, context: Vector, bias: number, xMax?: number];

const weightOf = (count: number, xMax: number): number => Math.min(1, (count / xMax) ** 0.75);
const missOf = (count: number, word: Vector, context: Vector, bias: number): number =>
  dot(word, context) + bias - Math.log(count);

function right(count: number, word: Vector, context: Vector, bias: number, xMax = 100): number {
  return count === 0 ? 0 : weightOf(count, xMax) * missOf(count, word, context, bias) ** 2;
}

/** Another loss from the same parts; right where nothing ever met. */
const other =
  (loss: (miss: number, weight: number, args: Args) => number): Wrong<Args>["answer"] =>
  (...args) => {
    const [count, word, context, bias, xMax = 100] = args;
    return count === 0 ? 0 : loss(missOf(count, word, context, bias), weightOf(count, xMax), args);
  };

const wrong: readonly Wrong<Args>[] = [
  {
    message: "The weight goes on growing above xMax. f stops at 1: Math.min(1, ...).",
    answer: other((miss, _, [count, , , , xMax = 100]) => (count / xMax) ** 0.75 * miss ** 2),
  },
  { message: "The weight f(x) is missing.", answer: other((miss) => miss ** 2) },
  { message: "The difference is not squared.", answer: other((miss, weight) => weight * miss) },
  {
    message: "The absolute difference was taken. It is squared.",
    answer: other((miss, weight) => weight * Math.abs(miss)),
  },
  {
    message: "The weight was squared as well: f stands before the bracket.",
    answer: other((miss, weight) => (weight * miss) ** 2),
  },
  {
    message: "The exponent 3/4 of the weight is missing.",
    answer: other((miss, _, [count, , , , xMax = 100]) => Math.min(1, count / xMax) * miss ** 2),
  },
  {
    message: "The dot product is to be the LOGARITHM of the count; here it is the count itself.",
    answer: other(
      (_, weight, [count, word, context, bias]) => weight * (dot(word, context) + bias - count) ** 2,
    ),
  },
  {
    message: "This is log10. The natural logarithm is asked, Math.log.",
    answer: other(
      (_, weight, [count, word, context, bias]) =>
        weight * (dot(word, context) + bias - Math.log10(count)) ** 2,
    ),
  },
  {
    message: "The biases are missing.",
    answer: other((miss, weight, [, , , bias]) => weight * (miss - bias) ** 2),
  },
  {
    message: "The sign of the bias is turned: it is added to the dot product.",
    answer: other((miss, weight, [, , , bias]) => weight * (miss - 2 * bias) ** 2),
  },
  {
    message: "xMax was not used: 100 is only what it is where nothing is given.",
    answer: (count, word, context, bias) => right(count, word, context, bias),
  },
  {
    message: "A count of 0 gives 0 * (-Infinity)^2 = NaN. A pair that never met adds nothing: give 0.",
    answer: (count, word, context, bias, xMax = 100) =>
      weightOf(count, xMax) * missOf(count, word, context, bias) ** 2,
  },
  {
    message:
      "1 was added inside the logarithm. Where the count is 0 the loss is 0, and nothing need be added.",
    answer: other(
      (_, weight, [count, word, context, bias]) =>
        weight * (dot(word, context) + bias - Math.log(count + 1)) ** 2,
    ),
  },
];

const hand: readonly Args[] = [
  [100, [1, 2], [2, 1], 0.5],
  [1, [0.5, 0.5], [1, 1], -0.25],
  [20, [1, 0], [0, 1], 1.5],
];
const limits: readonly Args[] = [
  [400, [1, 2], [2, 1], 0.5],
  [50, [1, 1], [1, 2], 0.5, 10],
  [50, [1, 1], [1, 2], 0.5, 1000],
  [1e6, [3], [4], 1],
];
const nothing: readonly Args[] = [
  [0, [1, 2], [2, 1], 0.5],
  [0, [0], [0], 0],
  [2, [1], [1], 0, 10],
];

const randomCase = (random: Random): Args => {
  const width = random.int(1, 4);
  return [
    random.int(1, 300),
    randomVector(random, width, 2),
    randomVector(random, width, 2),
    randomVector(random, 1, 2)[0],
    random.pick([10, 50, 100]),
  ];
};

export const gloveLoss: Exercise = {
  id: "glove-loss",
  fn: "gloveLoss",
  title: "GloVe's loss",
  difficulty: 2,
  importance: 3,
  minutes: 10,
  hints: [
    "Two factors: how far off the dot product is, squared; and how much this count may weigh.",
    [
      "if count is 0: give 0",
      "weight = min(1, (count / xMax) to the power 0.75)",
      "miss = dot(word, context) + bias - log(count)",
      "give weight * miss squared",
    ].join("\n"),
    "In JavaScript x ** 0.75 is a power. Math.log is the natural logarithm.",
  ],
  errors: [
    { see: /NaN/, help: "0 * Infinity is NaN, and log(0) is -Infinity. Look at count = 0 first." },
    { see: /growing above/, help: "What is (400 / 100) ** 0.75? Frequent pairs must not weigh more than 1." },
    { see: /logarithm/i, help: "Counts span many powers of ten; their logarithms do not." },
  ],
  checks: [
    {
      id: "hand",
      title: "by hand: counts of 1, 20 and 100",
      points: 3,
      run: (learner, t) => t.cases<Args>(learner, { args: hand, expected: right, wrong, tolerance: 1e-9 }),
    },
    {
      id: "limits",
      title: "counts above xMax, and another xMax",
      points: 2,
      run: (learner, t) => t.cases<Args>(learner, { args: limits, expected: right, wrong, tolerance: 1e-9 }),
    },
    {
      id: "random",
      title: "80 random pairs",
      points: 2,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: Array.from({ length: 80 }, () => randomCase(t.random)),
          expected: right,
          wrong,
          tolerance: 1e-9,
        }),
    },
    {
      id: "zero",
      title: "pairs that never met",
      points: 2,
      run: (learner, t) => t.cases<Args>(learner, { args: nothing, expected: right, wrong, tolerance: 1e-9 }),
    },
    {
      id: "input",
      title: "leaves its input alone",
      points: 1,
      run: (learner, t) => t.unchanged<Args>(learner, [hand[0], hand[1]], right, 1e-9),
    },
  ],
};
