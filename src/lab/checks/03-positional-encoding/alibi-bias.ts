import type { Exercise } from "../../exercise";
import { tensorOf, type PlainTensor } from "../plain";
import type { Wrong } from "../toolkit";

type Args = [slopes: readonly number[], length: number];

/** [H, T, T] from what head h adds to query i's score of key j. */
const table = ([slopes, length]: Args, at: (slope: number, i: number, j: number) => number): PlainTensor =>
  tensorOf(
    slopes.flatMap((slope) =>
      Array.from({ length: length * length }, (_, k) => at(slope, Math.floor(k / length), k % length)),
    ),
    [slopes.length, length, length],
  );

const causal =
  (earlier: (slope: number, i: number, j: number) => number, later = -Infinity) =>
  (...args: Args): PlainTensor =>
    table(args, (slope, i, j) => (j <= i ? earlier(slope, i, j) : later));

const right = causal((slope, i, j) => -slope * (i - j));

const wrong: readonly Wrong<Args>[] = [
  {
    message: "The sign is turned round: far keys get MORE. Distance takes off the score: -slope * (i - j).",
    answer: causal((slope, i, j) => slope * (i - j)),
  },
  {
    message:
      "Later keys were given slope * (j - i), a reward: i - j is negative there. They must be -Infinity, since a query " +
      "may not see them.",
    answer: (...args) => table(args, (slope, i, j) => -slope * (i - j)),
  },
  {
    message:
      "Later keys were given the bias of their distance. They must be -Infinity: a query may not see them.",
    answer: (...args) => table(args, (slope, i, j) => -slope * Math.abs(i - j)),
  },
  {
    message: "Later keys were given 0, the best score of all. They must be -Infinity.",
    answer: causal((slope, i, j) => -slope * (i - j), 0),
  },
  {
    message:
      "Rows and columns are swapped: rows are queries i, columns keys j, and j > i is what must not be seen.",
    answer: (...args) => table(args, (slope, i, j) => (j >= i ? -slope * (j - i) : -Infinity)),
  },
  {
    message:
      "This is slope * j, as in BLOOM's code. After the softmax of a row it is the same; here the bias of the paper is " +
      "asked: -slope * (i - j), 0 on the diagonal.",
    answer: causal((slope, _, j) => slope * j),
  },
  ...[-1e9, -1e4, -3.4028234663852886e38].map((later) => ({
    message:
      "A large negative number hides later keys nearly. -Infinity hides them: its probability is 0 exactly.",
    answer: causal((slope, i, j) => -slope * (i - j), later),
  })),
];

const hand: readonly [Args, Args, ...Args[]] = [
  [[0.5], 3],
  [[0.5, 0.25], 2],
  [[1], 1],
  [[0.25, 0.0625, 0.5], 4],
];

export const alibiBias: Exercise = {
  id: "alibi-bias",
  fn: "alibiBias",
  title: "ALiBi's bias",
  difficulty: 2,
  importance: 3,
  minutes: 10,
  hints: [
    "Write the matrix for one head on paper: 0 on the diagonal, -slope just below it, -2 slope below that.",
    [
      "for each head h, for each query i, for each key j:",
      "  j <= i: -slopes[h] * (i - j)",
      "  j > i: -Infinity",
      "make a tensor of shape [H, T, T] from all numbers",
    ].join("\n"),
  ],
  errors: [
    {
      see: /NaN/,
      help: "0 * -Infinity is NaN. Do not multiply by a mask: choose with tf.where, or in the loop.",
    },
    { see: /Its shape must be/, help: "Heads first, then queries, then keys: [H, T, T]." },
  ],
  checks: [
    {
      id: "hand",
      title: "by hand: up to four places",
      points: 5,
      run: (learner, t) => t.cases<Args>(learner, { args: hand, expected: right, wrong, tolerance: 1e-6 }),
    },
    {
      id: "random",
      title: "20 random slopes and lengths",
      points: 3,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: Array.from({ length: 20 }, (): Args => {
            const slopes = Array.from({ length: t.random.int(1, 4) }, () => t.random.int(1, 99) / 100);
            return [slopes, t.random.int(1, 9)];
          }),
          expected: right,
          wrong,
          tolerance: 1e-5,
        }),
    },
    {
      id: "memory",
      title: "leaves no tensors behind, and its input alone",
      points: 2,
      run: async (learner, t) => {
        await t.noLeaks<Args>(learner, { args: hand, expected: right, wrong, tolerance: 1e-6 });
        await t.unchanged<Args>(learner, hand, right, 1e-6);
      },
    },
  ],
};
