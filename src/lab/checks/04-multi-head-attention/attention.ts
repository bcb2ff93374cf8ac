import type { Exercise } from "../../exercise";
import { tensor, type PlainTensor } from "../plain";
import type { Random } from "../random";
import type { Wrong } from "../toolkit";
import { counting, maskOf, randomTensor } from "./matrices";
import { attend, gradientOfQueries, type Variant } from "./reference";

type Args = [q: PlainTensor, k: PlainTensor, v: PlainTensor, mask?: PlainTensor];

const mistake = (message: string, variant: Variant): Wrong<Args> => ({
  message,
  answer: (q, k, v, mask) => attend(q, k, v, mask, variant),
});

const wrong: readonly Wrong<Args>[] = [
  mistake(
    "The scores are not scaled. Divide them by sqrt(D), with D the length of a query: without that they grow with D, and " +
      "the softmax takes almost only the largest.",
    { scale: () => 1 },
  ),
  mistake(
    "The scores were divided by D, and not by its root. The spread of a dot product grows with the root of its length: " +
      "divide by Math.sqrt(D).",
    { scale: (headDim) => 1 / headDim },
  ),
  mistake("The scores were multiplied by sqrt(D). They must be divided by it.", { scale: Math.sqrt }),
  mistake(
    "The softmax went over those who look: the columns of the weights add up to 1. Each row must, so that each query takes " +
      "a mean of the values: the last axis, -1.",
    { columns: true },
  ),
  mistake(
    "The mask came after the softmax. What is hidden was counted in the sum, so the weights that are left do not add up " +
      "to 1. Mask the scores, before the softmax.",
    { maskAfter: true },
  ),
  mistake(
    "The scores were multiplied by the mask. A hidden place then has the score 0, and exp(0) = 1 is not nothing. It needs " +
      "-Infinity: tf.where(mask, scores, -Infinity).",
    { hidden: () => 0 },
  ),
  mistake("The mask is turned round: true means that looking is allowed.", { turned: true }),
  mistake(
    "A row with nothing allowed became NaN: -Infinity minus -Infinity. Put zeros there after the softmax: " +
      "tf.where(mask, pattern, 0).",
    { emptyRows: "nan" },
  ),
  mistake(
    "A row with nothing allowed became the plain mean of all that is hidden. With a large negative number in place of " +
      "-Infinity all its scores are alike. Put zeros there after the softmax.",
    { emptyRows: "mean" },
  ),
  mistake(
    "exp overflows: infinity divided by infinity is NaN. Use tf.softmax, or take each row's largest score away first.",
    { overflow: true },
  ),
  mistake("These are weighted sums with the scores themselves: the softmax is missing.", { raw: true }),
  {
    message: "The mask is not used.",
    answer: (q, k, v) => attend(q, k, v),
  },
];

const tri = (time: number): PlainTensor => maskOf(time, time, (i, j) => j <= i);
const hand: Args = [tensor([[1, 0]]), tensor([[1, 0], [0, 1]]), tensor([[10], [20]])]; // prettier-ignore
const small: Args = [
  tensor([[1, 2], [0, -1]]), // prettier-ignore
  tensor([[2, 0], [1, 1], [-1, 3]]), // prettier-ignore
  tensor([[1, 0, 0], [0, 1, 0], [0, 0, 1]]), // prettier-ignore
];

function randomArgs(random: Random, masked: boolean): Args {
  const before = random.pick([[], [2], [1, 3]]);
  const [time, headDim] = [random.int(2, 4), random.int(2, 5)];
  const places = masked ? time : random.int(1, 5);
  return [
    randomTensor(random, [...before, time, headDim]),
    randomTensor(random, [...before, places, headDim]),
    randomTensor(random, [...before, places, random.int(1, 4)]),
    ...(masked ? [tri(time)] : []),
  ] as Args;
}

const expected = (q: PlainTensor, k: PlainTensor, v: PlainTensor, mask?: PlainTensor): PlainTensor =>
  attend(q, k, v, mask);
/** 1, 2, 3, ...: with equal weights the gradient of a mean would be 0. */
const weights = (q: PlainTensor, _k: PlainTensor, v: PlainTensor): PlainTensor =>
  counting([...q.shape.slice(0, -1), v.shape.at(-1)!]);

export const attention: Exercise = {
  id: "attention",
  fn: "attention",
  title: "Scaled dot-product attention",
  difficulty: 3,
  importance: 5,
  minutes: 25,
  hints: [
    "Follow the shapes. q is [T, D] and k is [S, D]; a table of scores [T, S] has a number for each pair. Which product " +
      "gives it? Then [T, S] times [S, E] mixes the values.",
    [
      "inside tf.tidy:",
      "  scores = q times k transposed, divided by the root of D",
      "  where the mask is false: -Infinity",
      "  pattern = softmax along the last axis",
      "  where the mask is false: 0 (this mends rows with nothing allowed)",
      "  give pattern times v",
    ].join("\n"),
    "tf.matMul(q, k, false, true) transposes the second one. tf.where wants tensors: tf.fill(scores.shape, -Infinity).",
  ],
  errors: [
    {
      see: /inner shapes|Error in matMul/,
      help: "q k^T needs k transposed: tf.matMul(q, k, false, true). Beside it, the axes before must be equal.",
    },
    {
      see: /NaN/,
      help: "A whole row of -Infinity has no softmax. And 0 times -Infinity is NaN: use tf.where, not mul.",
    },
    { see: /left \d+ tensors? behind/, help: "return tf.tidy(() => { ... return result; }) frees the rest." },
    { see: /must be.*bool|dtype bool/, help: "The mask is a bool tensor: give it to tf.where as it is." },
  ],
  checks: [
    {
      id: "hand",
      title: "by hand: one query, and two",
      points: 4,
      run: (learner, t) => t.cases<Args>(learner, { args: [hand, small], expected, wrong, tolerance: 1e-5 }),
    },
    {
      id: "random",
      title: "30 random cases, with and without axes in front",
      points: 4,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: Array.from({ length: 30 }, () => randomArgs(t.random, false)),
          expected,
          wrong,
          tolerance: 1e-4,
        }),
    },
    {
      id: "mask",
      title: "what is hidden gets nothing, the rest adds up to 1",
      points: 5,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: Array.from({ length: 20 }, () => randomArgs(t.random, true)),
          expected,
          wrong,
          tolerance: 1e-4,
        }),
    },
    {
      id: "large",
      title: "scores of 10,000",
      points: 3,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: [
            [tensor([[100, 1]]), tensor([[100, 0], [100, 1], [-100, 0]]), tensor([[1], [2], [3]])], // prettier-ignore
            [tensor([[-200, 3]]), tensor([[100, 0], [-100, 1]]), tensor([[5], [7]])], // prettier-ignore
          ],
          expected,
          wrong,
          tolerance: 1e-4,
        }),
    },
    {
      id: "empty",
      title: "a row that may look at nothing gives zeros",
      points: 2,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: [2, 3].map((time): Args => [
            randomTensor(t.random, [time, 2]),
            randomTensor(t.random, [time, 2]),
            randomTensor(t.random, [time, 2]),
            maskOf(time, time, (i, j) => j < i),
          ]),
          expected,
          wrong,
          tolerance: 1e-5,
        }),
    },
    {
      id: "gradient",
      title: "its gradient is finite and right",
      points: 2,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: [small, randomArgs(t.random, true), randomArgs(t.random, false)],
          dy: weights,
          expected: (q, k, v, mask) => gradientOfQueries(q, k, v, mask, weights(q, k, v)),
          tolerance: 1e-3,
        }),
    },
    {
      id: "input",
      title: "leaves its input alone",
      points: 1,
      run: (learner, t) => t.unchanged<Args>(learner, [hand, randomArgs(t.random, true)], expected, 1e-4),
    },
    {
      id: "memory",
      title: "leaves no tensors behind",
      points: 1,
      run: (learner, t) =>
        t.noLeaks<Args>(learner, {
          args: [hand, randomArgs(t.random, true)],
          expected,
          wrong,
          tolerance: 1e-4,
        }),
    },
  ],
};
