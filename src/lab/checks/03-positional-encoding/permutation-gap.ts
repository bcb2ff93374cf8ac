import type { Exercise } from "../../exercise";
import { rowsOf, tensor, tensorOf, type PlainTensor } from "../plain";
import type { Random } from "../random";
import type { Wrong } from "../toolkit";
import { numbersFrom } from "./turns";

type Args = [y: PlainTensor, yShuffled: PlainTensor, order: readonly number[]];

/** Differences of all numbers, where row i of the second belongs to row `place(i)` of the first. */
function differences([y, yShuffled]: Args, place: (i: number) => number): number[] {
  const rows = rowsOf(y);
  return rowsOf(yShuffled).flatMap((row, i) => row.map((v, c) => v - rows[place(i)]![c]!));
}

const largest = (list: readonly number[]): number => list.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
const scalar = (value: number): PlainTensor => tensorOf([value], []);
const right = (...args: Args): PlainTensor => scalar(largest(differences(args, (i) => args[2][i]!)));

const wrong: readonly Wrong<Args>[] = [
  {
    message:
      "Row i was compared with row i. In the shuffled sentence token order[i] stands at place i: take rows in that " +
      "order first, tf.gather(y, order).",
    answer: (...args) => scalar(largest(differences(args, (i) => i))),
  },
  {
    message:
      "The order was used the wrong way round: place i holds what was at order[i], not what goes to order[i]. Gather " +
      "from y, not from yShuffled.",
    answer: (...args) => scalar(largest(differences(args, (i) => args[2].indexOf(i)))),
  },
  {
    message: "Without the absolute value a difference below 0 does not count. tf.abs first, then tf.max.",
    answer: (...args) => scalar(Math.max(...differences(args, (i) => args[2][i]!))),
  },
  {
    message:
      "This is the mean of the differences. One wrong token is hidden by many right ones: take the largest.",
    answer: (...args) => {
      const all = differences(args, (i) => args[2][i]!);
      return scalar(all.reduce((sum, v) => sum + Math.abs(v), 0) / all.length);
    },
  },
];

const three = tensor([
  [1, 2],
  [3, 4],
  [5, 6],
]);
const turned = tensor([
  [5, 6],
  [1, 2],
  [3, 4],
]);
const off = tensor([
  [5, 6],
  [1, 1.5],
  [3, 4],
]);
const hand: readonly [Args, Args, ...Args[]] = [
  [three, turned, [2, 0, 1]],
  [three, off, [2, 0, 1]],
  [three, three, [0, 1, 2]],
  [three, turned, [0, 1, 2]],
];

function randomCase(random: Random): Args {
  const [time, width] = [random.int(2, 6), random.int(1, 4)];
  const order = Array.from({ length: time }, (_, i) => i);
  for (let i = time - 1; i > 0; i--) {
    const j = random.int(0, i);
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  const rows = Array.from({ length: time }, () => numbersFrom(random, width));
  const shuffled = order.map((from) => rows[from]!.map((v) => (random.next() < 0.15 ? v - 1 : v)));
  return [tensor(rows), tensor(shuffled), order];
}

export const permutationGap: Exercise = {
  id: "permutation-gap",
  fn: "permutationGap",
  title: "Does order matter?",
  difficulty: 1,
  importance: 4,
  minutes: 5,
  hints: [
    "If the model is blind to order, its output for the shuffled sentence is its old output, shuffled in the same way.",
    [
      "inside tf.tidy:",
      "  expected = rows of y in the given order",
      "  the largest of |yShuffled - expected|",
    ].join("\n"),
    'tf.gather(y, tf.tensor1d(order, "int32")) takes rows. tf.max(x) over everything is a tensor of shape [].',
  ],
  errors: [
    { see: /int32|dtype/, help: 'tf.gather wants whole numbers: tf.tensor1d(order, "int32").' },
    { see: /left \d+ tensors? behind/, help: "return tf.tidy(() => { ... return result; }) frees the rest." },
  ],
  checks: [
    {
      id: "hand",
      title: "by hand: three tokens",
      points: 4,
      run: (learner, t) => t.cases<Args>(learner, { args: hand, expected: right, wrong, tolerance: 1e-5 }),
    },
    {
      id: "random",
      title: "40 random orders",
      points: 4,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: Array.from({ length: 40 }, () => randomCase(t.random)),
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
        await t.noLeaks<Args>(learner, { args: hand, expected: right, wrong, tolerance: 1e-5 });
        await t.unchanged<Args>(learner, hand, right, 1e-5);
      },
    },
  ],
};
