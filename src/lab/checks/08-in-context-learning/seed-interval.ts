import type { Exercise } from "../../exercise";
import type { Random } from "../random";
import type { Wrong } from "../toolkit";
import { mean, sum } from "./numbers";

type Args = [values: readonly number[], t: number];
interface Interval {
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

const squares = (values: readonly number[]): number =>
  sum(values.map((value) => (value - mean(values)) ** 2));
const around = (centre: number, half: number): Interval => ({
  mean: centre,
  low: centre - half,
  high: centre + half,
});
const interval = (half: (values: readonly number[], t: number, n: number) => number) => (values: readonly number[], t: number) => around(mean(values), half(values, t, values.length)); // prettier-ignore
const right = interval((values, t, n) => t * Math.sqrt(squares(values) / (n - 1) / n));

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1]!;

const wrong: readonly Wrong<Args>[] = [
  {
    message:
      "The variance was divided by n. The values are a sample, and their own mean lies nearer to them than the true one: n - 1.",
    answer: interval((values, t, n) => (t * Math.sqrt(squares(values) / n)) / Math.sqrt(n)),
  },
  {
    message:
      "The spread of the VALUES was given. The mean of n of them spreads less: divide s by the root of n.",
    answer: interval((values, t, n) => t * Math.sqrt(squares(values) / (n - 1))),
  },
  {
    message: "s was divided by n. It is divided by the ROOT of n: four times the seeds halve the width.",
    answer: interval((values, t, n) => (t * Math.sqrt(squares(values) / (n - 1))) / n),
  },
  {
    message: "The root is missing: s squared is the variance, and s its root.",
    answer: interval((values, t, n) => (t * squares(values)) / (n - 1) / Math.sqrt(n)),
  },
  {
    message:
      "t is not in the width. With few seeds it is what makes the interval honest: mean - t s / sqrt(n).",
    answer: interval((values, _, n) => Math.sqrt(squares(values) / (n - 1) / n)),
  },
  {
    message: "1.96 was taken for t. That is for hundreds of values; with a few, use the t that is given.",
    answer: interval((values, _, n) => 1.96 * Math.sqrt(squares(values) / (n - 1) / n)),
  },
  {
    message: "The interval is half as wide as it should be: t s / sqrt(n) goes to BOTH sides of the mean.",
    answer: interval((values, t, n) => (t * Math.sqrt(squares(values) / (n - 1) / n)) / 2),
  },
  {
    message:
      "low and high are the smallest and the largest value. They are the mean minus and plus t s / sqrt(n).",
    answer: (values) => ({ mean: mean(values), low: Math.min(...values), high: Math.max(...values) }),
  },
  {
    message: "The middle value (the median) was taken for the mean.",
    answer: (values, t) => around(median(values), right(values, t).high - mean(values)),
  },
  {
    message: "low and high are exchanged.",
    answer: (values, t) => ({ mean: mean(values), low: right(values, t).high, high: right(values, t).low }),
  },
  {
    message: "low and high are distances from the mean. Give the ends themselves: mean - ... and mean + ...",
    answer: (values, t) => {
      const half = right(values, t).high - mean(values);
      return { mean: mean(values), low: half, high: half };
    },
  },
];

const tolerance = 1e-9;
const hand: Args = [[0.6, 0.7, 0.8], 4.303];

const randomArgs = (random: Random): Args => {
  const n = random.int(2, 8);
  return [
    Array.from({ length: n }, () => random.int(30, 99) / 100),
    random.pick([2.776, 3.182, 4.303, 12.706]),
  ];
};

export const seedInterval: Exercise = {
  id: "seed-interval",
  fn: "seedInterval",
  title: "An interval over seeds",
  difficulty: 1,
  importance: 5,
  minutes: 10,
  hints: [
    "How far is the mean of your seeds from the mean of all seeds that could be? Farther where the values spread, less far with many of them.",
    [
      "unless there are two values or more: throw a RangeError",
      "mean = sum / n",
      "variance = sum of (value - mean) squared / (n - 1)",
      "half = t * root of (variance / n)",
      "give { mean, low: mean - half, high: mean + half }",
    ].join("\n"),
  ],
  errors: [
    { see: /NaN/, help: "With one value, n - 1 is 0, and 0 / 0 is NaN: refuse it before." },
    {
      see: /must throw a RangeError/,
      help: "One value has no spread: if (values.length < 2) throw new RangeError(...).",
    },
  ],
  checks: [
    {
      id: "hand",
      title: "by hand: three seeds",
      points: 4,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: [hand, [[0.5, 0.9], 12.706], [[0.8, 0.8, 0.6, 0.8], 3.182]],
          expected: right,
          wrong,
          tolerance,
        }),
    },
    {
      id: "random",
      title: "40 random sets of seeds",
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
      id: "refuses",
      title: "refuses one value, and none",
      points: 2,
      async run(learner, t) {
        for (const bad of [[0.5], []]) await t.refuses(learner, [bad, 2], /RangeError/, "a RangeError");
        await t.cases<Args>(learner, {
          args: [hand, [[0.7, 0.7], 12.706]],
          expected: right,
          wrong,
          tolerance,
        });
      },
    },
    {
      id: "input",
      title: "leaves its input alone",
      points: 1,
      run: (learner, t) => t.unchanged<Args>(learner, [[[0.9, 0.5, 0.7], 4.303], [[0.8, 0.6], 12.706]], right, tolerance), // prettier-ignore
    },
  ],
};
